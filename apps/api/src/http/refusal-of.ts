import { HttpException } from '@nestjs/common';
import { isRejection } from '@stemma/commands';
import { etagOf, isProblemCode, type ProblemCode, problemKinds } from '@stemma/contracts';
import {
  AppendTooLarge,
  CommandIdReused,
  PreconditionFailed,
  RevisionConflict,
  StoreUnavailable,
  StreamBusy,
} from '@stemma/event-store';
import { NotYetVisible, OtherLog, ReadModelUnavailable } from '@stemma/read-model';
import { UnusableJson } from './json-shape.js';
import { Refused } from './refused.js';

/**
 * What any error means to the caller: the one place where refusals meet HTTP. Nothing of an error that is not known here
 * is told; it is `internal-error`, and for the log.
 */
export function refusalOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (isRejection(error)) return rejected(error.code, error.message, error.details);
  return ofTheStore(error) ?? ofTheReadModel(error) ?? ofTheRequest(error) ?? internal(error);
}

function rejected(code: string, message: string, details: Readonly<Record<string, unknown>>): Refused {
  if (!isProblemCode(code)) return internal(new Error(`no problem is known for the rejection ${code}`));
  return new Refused(code, message, { facts: details });
}

function ofTheStore(error: unknown): Refused | undefined {
  if (error instanceof PreconditionFailed) {
    const current = error.actual === null ? null : etagOf(error.actual);
    return new Refused('precondition-failed', `${error.message}`, { facts: { current } });
  }
  if (error instanceof CommandIdReused) return new Refused('idempotency-key-reused', error.message);
  if (error instanceof RevisionConflict) {
    const current = error.actual === null ? null : etagOf(error.actual);
    return new Refused('changed-meanwhile', problemKinds['changed-meanwhile'].remedy, { facts: { current } });
  }
  if (error instanceof AppendTooLarge) {
    const { size, limit } = error;
    const detail = `This would be stored as ${size} bytes; the limit is ${limit}. Make the content smaller.`;
    return new Refused('content-too-large', detail, { facts: { size, limit } });
  }
  if (error instanceof StoreUnavailable) return later('unavailable', error.message, error);
  if (error instanceof StreamBusy) return later('busy', problemKinds.busy.remedy, error);
  return undefined;
}

function ofTheReadModel(error: unknown): Refused | undefined {
  if (error instanceof OtherLog) return new Refused('other-log', error.message);
  if (error instanceof NotYetVisible && error.building.length > 0) {
    const { message, retryAfterSeconds, progress } = error;
    return later('projection-building', message, error, retryAfterSeconds, { building: progress });
  }
  if (error instanceof NotYetVisible) {
    return later('not-yet-visible', error.message, error, error.retryAfterSeconds);
  }
  if (error instanceof ReadModelUnavailable) return later('unavailable', error.message, error);
  return undefined;
}

function later(
  code: ProblemCode,
  detail: string,
  cause: unknown,
  seconds = 1,
  facts: Readonly<Record<string, unknown>> = {},
): Refused {
  return new Refused(code, detail, { headers: { 'Retry-After': String(seconds) }, cause, facts });
}

/** Codes of Fastify's own errors; the rest go by their status. */
const byFastifyCode: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

/** What the framework and its plugins refuse; a file that may not be shown is not there. */
const byStatus: Readonly<Record<number, ProblemCode>> = {
  403: 'not-found',
  404: 'not-found',
  405: 'not-found',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  431: 'headers-too-large',
};

function ofTheRequest(error: unknown): Refused | undefined {
  const cause: unknown = error instanceof HttpException ? (error.cause ?? error) : error;
  if (cause instanceof UnusableJson) return new Refused('malformed-json', `The body ${cause.message}.`);
  const code = byFastifyCode[fastifyCodeOf(cause) ?? ''] ?? codeOfStatus(statusOf(error) ?? statusOf(cause));
  if (code === undefined) return undefined;
  return new Refused(code, problemKinds[code].remedy);
}

function fastifyCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Only Nest's and Fastify's own errors have a say in the status. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const isFastifys = fastifyCodeOf(error)?.startsWith('FST_ERR_') ?? false;
  return isFastifys && error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : undefined;
}

function codeOfStatus(status: number | undefined): ProblemCode | undefined {
  if (status === undefined || status < 400 || status >= 500) return undefined;
  return byStatus[status] ?? 'malformed-request';
}

const internal = (cause: unknown): Refused =>
  new Refused('internal-error', problemKinds['internal-error'].remedy, { cause });

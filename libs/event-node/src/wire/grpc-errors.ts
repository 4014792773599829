import { status } from '@grpc/grpc-js';
import type { AppendOutcome } from '../store/append-job.js';
import type { Expected } from '../store/proposed-event.js';
import { DamagedLogError, LogUnavailableError } from '../store/store-errors.js';
import { MalformedMessage } from './read-fields.js';

/** How a call ends that fails; the trailers are what the client makes its typed errors from. */
export interface GrpcError {
  readonly code: status;
  readonly details: string;
  readonly trailers: Readonly<Record<string, string>>;
}

export type Refusal = Exclude<AppendOutcome, { kind: 'stored' }>;

export function grpcError(
  code: status,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): GrpcError {
  const safe = Object.entries(trailers).map(([name, value]) => [name, headerSafe(value)] as const);
  return { code, details, trailers: Object.fromEntries(safe) };
}

/** Trailers are ASCII: other stream names go percent-encoded. */
const headerSafe = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);

const EXPECTED_NUMBERS = { any: '-2', no_stream: '-1', stream_exists: '-4' } as const;
const expectedNumber = (expected: Expected): string =>
  typeof expected === 'bigint' ? expected.toString() : EXPECTED_NUMBERS[expected];

/** HAZARDS E7: `actual-version` is absent for a stream that is not there. */
export function refusalError(stream: string, expected: Expected, refusal: Refusal): GrpcError {
  switch (refusal.kind) {
    case 'wrong-expected-version':
      return wrongExpectedVersion(stream, expected, refusal.current);
    case 'stream-deleted':
      return streamDeleted(stream);
    case 'too-large':
      return grpcError(
        status.INVALID_ARGUMENT,
        `The append is larger than ${refusal.limit} bytes; send fewer or smaller events.`,
        {
          exception: 'maximum-append-size-exceeded',
          'maximum-append-size': String(refusal.limit),
        },
      );
    case 'timeout':
      return grpcError(
        status.DEADLINE_EXCEEDED,
        'The deadline had passed before the append was written; nothing was stored.',
      );
  }
}

function wrongExpectedVersion(stream: string, expected: Expected, current: number | undefined): GrpcError {
  const version = expectedNumber(expected);
  const actual = current === undefined ? 'no stream' : String(current);
  return grpcError(
    status.FAILED_PRECONDITION,
    `Append to '${stream}' expected version ${version}, but it is at ${actual}.`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': version,
      ...(current === undefined ? {} : { 'actual-version': actual }),
    },
  );
}

export const streamDeleted = (stream: string): GrpcError =>
  grpcError(status.FAILED_PRECONDITION, `Stream '${stream}' is deleted for ever.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const invalidArgument = (details: string): GrpcError => grpcError(status.INVALID_ARGUMENT, details);

/** Ends a call with the error that it carries. */
export class CallRefusal extends Error {
  constructor(readonly grpc: GrpcError) {
    super(grpc.details);
  }
}

/** What a caller learns of an exception inside the node. */
export function errorOf(error: unknown): GrpcError {
  if (error instanceof CallRefusal) return error.grpc;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof MalformedMessage) return invalidArgument(message);
  if (error instanceof DamagedLogError) return grpcError(status.DATA_LOSS, message);
  if (error instanceof LogUnavailableError) return grpcError(status.UNAVAILABLE, message);
  return grpcError(status.INTERNAL, `The event node failed: ${message}`);
}

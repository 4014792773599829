import type { ProblemError } from '@stemma/client';
import { exitCodeOfStatus, exitCodes } from '../exit-codes.js';
import { Failure, reasonOf } from '../failure.js';
import type { ApiAddress } from './find-api-url.js';

/** A refusal of the API. */
export function failureOfProblem({ status, code, detail, problem }: ProblemError): Failure {
  const { title } = problem;
  const told = { ...problem, code, title: typeof title === 'string' ? title : code, detail };
  return new Failure(exitCodeOfStatus(status), told);
}

/** Something answers, but in no form that the API has. */
export function notOurs(url: string, what: string): Failure {
  const detail = `What answers at ${url} is not this API (${what}). Check the address: --url or STEMMA_API_URL.`;
  return new Failure(exitCodes.unavailable, { code: 'not-the-api', title: 'Not the API', detail });
}

/** `fetch failed` has the reason underneath. */
const causeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'cause' in error ? causeOf(error.cause) : error;

const wasNeverSent = (cause: unknown): boolean => reasonOf(cause).includes('ECONNREFUSED');

/** Nothing answers, or the connection was lost before the answer was whole. */
export function apiAway({ url, source }: ApiAddress, error: unknown, repeatWith?: string): Failure {
  const cause = causeOf(error);
  const reason = reasonOf(cause) || 'no connection';
  const safe =
    repeatWith === undefined || wasNeverSent(cause)
      ? ''
      : ` The command may have been carried out all the same; to repeat it safely, name its version or base and add --idempotency-key ${repeatWith}.`;
  const detail = `No API answers at ${url} (${source}): ${reason}.${safe}`;
  return new Failure(exitCodes.unavailable, { code: 'api-away', title: 'The API is away', detail }, [
    'npm start',
    'stemma health --url <address>',
  ]);
}

import { exitCodeOfStatus, exitCodes } from '../exit-codes.js';
import { type Explanation, Failure, reasonOf } from '../failure.js';
import type { ApiAddress } from './find-api-url.js';

type Members = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const membersOf = (text: string): Members => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** The failure that a refusal of the API is, from its body (RFC 9457). */
export function failureOfAnswer(status: number, body: string, { url }: ApiAddress): Failure {
  const members = membersOf(body);
  const { code, title, detail } = members;
  if (!isText(code) || !isText(title)) return notOurs(url, `status ${status} without a problem document`);
  const problem: Explanation = { ...members, code, title, detail: isText(detail) ? detail : title };
  return new Failure(exitCodeOfStatus(status), problem);
}

/** Something answers, but in no form that the API has. */
export function notOurs(url: string, what: string): Failure {
  const detail = `What answers at ${url} is not this API (${what}). Check the address: --url or STEMMA_API_URL.`;
  return new Failure(exitCodes.unavailable, { code: 'not-the-api', title: 'Not the API', detail });
}

/** `fetch failed` has the reason underneath. */
const causeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'cause' in error ? causeOf(error.cause) : error;

/** Nothing answers, or the connection was lost before the answer was whole. */
export function apiAway({ url, source }: ApiAddress, error: unknown, repeatWith?: string): Failure {
  const reason = reasonOf(causeOf(error)) || 'no connection';
  const safe =
    repeatWith === undefined
      ? ''
      : ` Should the request have arrived, it may have been carried out; to repeat it safely, name the same version or base and add --idempotency-key ${repeatWith}.`;
  const detail = `No API answers at ${url} (${source}): ${reason}.${safe}`;
  return new Failure(exitCodes.unavailable, { code: 'api-away', title: 'The API is away', detail }, [
    'npm start',
    'stemma health --url <address>',
  ]);
}

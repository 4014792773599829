import type { ProblemKind } from './problem-kind.js';

/** Reasons that the business does not know: they lie in the request, in the credential, or in what the API stands on. */
export const edgeKinds = {
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send less. The operator sets the limit with STEMMA_BODY_LIMIT.',
  },
  busy: {
    status: 503,
    title: 'Too many commands wait for this stream',
    remedy: 'Nothing was stored. Repeat the request after `Retry-After` seconds.',
  },
  'changed-meanwhile': {
    status: 409,
    title: 'Others changed this at the same time',
    remedy:
      'Read the resource again and repeat the request if it still makes sense. Nothing was stored by this one.',
  },
  'content-too-large': {
    status: 413,
    title: 'The content is too large to be stored',
    remedy: 'One version holds at most about 1 MiB. Shorten the source, or move data out of it.',
  },
  forbidden: {
    status: 403,
    title: 'This credential may not do that',
    remedy: 'Ask an administrator for a role that may, or use the credential of somebody who has it.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    remedy: 'Send fewer or shorter headers.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another body',
    remedy: 'A key names one request. Repeat it with the same body, or send a new key.',
  },
  'internal-error': {
    status: 500,
    title: 'Something is broken on our side',
    remedy:
      'Repeat the request with the same Idempotency-Key: that is safe. If it stays, give the operator the request id of the answer.',
  },
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    remedy:
      'Each entry of `errors` names a place (`path`) and what is wrong there. /docs shows what is expected.',
  },
  'malformed-json': {
    status: 400,
    title: 'The body is not usable JSON',
    remedy:
      'Send one JSON document in UTF-8: each name once in an object, numbers within ±(2^53 − 1), at most 400 levels deep.',
  },
  'malformed-request': {
    status: 400,
    title: 'This is not a usable HTTP request',
    remedy: 'Check the request line, the escapes of the URL and the headers.',
  },
  'not-acceptable': {
    status: 406,
    title: 'There is no such representation',
    remedy: 'Ask for application/json, or for one that /docs lists for this operation.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such resource',
    remedy: 'Check the path and the method. /docs lists what there is.',
  },
  'not-yet-visible': {
    status: 503,
    title: 'The read model has not reached that position yet',
    remedy: 'The change is stored. Repeat the request after `Retry-After` seconds.',
  },
  'other-log': {
    status: 409,
    title: 'This position is of another event log',
    remedy: 'Forget the stored position: leave out `Stemma-Min-Position`, or send one of this system.',
  },
  'precondition-failed': {
    status: 412,
    title: 'The script changed since you read it',
    remedy: 'Read it again, look at what changed, and send the new ETag in `If-Match`.',
  },
  'range-not-there': {
    status: 416,
    title: 'There are not so many bytes',
    remedy: 'Ask for a range below the size, which `Content-Range` says, or for all of it.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    remedy:
      'Wait for `Retry-After` seconds. `RateLimit` says what is left of the quota, `RateLimit-Policy` how large it is.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    remedy: 'Send it again, without pauses. The operator sets the limit with STEMMA_RECEIVE_SECONDS.',
  },
  'runs-parked': {
    status: 409,
    title: 'Runs are parked',
    remedy: 'Look at them with `stemma projections parked list`, and have them retried or dropped.',
  },
  'shutting-down': {
    status: 503,
    title: 'This process is stopping',
    remedy: 'Repeat the request after `Retry-After` seconds; another process takes it.',
  },
  timeout: {
    status: 503,
    title: 'The answer took too long',
    remedy: 'Repeat the request with the same Idempotency-Key after `Retry-After` seconds: that is safe.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid credential',
    remedy:
      'Send `Authorization: Bearer stm_<keyId>_<secret>` with a key that is neither revoked nor expired.',
  },
  unavailable: {
    status: 503,
    title: 'A part that this needs is away',
    remedy:
      'Repeat the request with the same Idempotency-Key after `Retry-After` seconds. /health/ready names the part.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'This kind of body is not read here',
    remedy: 'Send JSON, uncompressed, with `Content-Type: application/json`.',
  },
  'uri-too-long': {
    status: 414,
    title: 'The URL is too long',
    remedy: 'Shorten it. No slug is longer than 63 characters.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

import { z } from 'zod';

/** The headers of our own, as documented; Node hands them over in lower case. */
export const headers = Object.freeze({
  idempotencyKey: 'Idempotency-Key',
  idempotentReplayed: 'Idempotent-Replayed',
  position: 'Stemma-Position',
  minPosition: 'Stemma-Min-Position',
  parked: 'Stemma-Parked',
  requestId: 'Request-Id',
  correlationId: 'Correlation-Id',
});

/** Printable ASCII without spaces, quotes and commas: survives every proxy and log unchanged. */
export const idempotencyKeySchema = z
  .string()
  .min(1, 'must not be empty')
  .max(200, 'must be at most 200 characters')
  .regex(/^[A-Za-z0-9._:/+=@~-]+$/, 'must consist of A-Z a-z 0-9 . _ : / + = @ ~ -');

export const correlationIdSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z0-9._:/+=@~-]+$/, 'must consist of A-Z a-z 0-9 . _ : / + = @ ~ -');

/** One strong entity tag as this API gives it out: `"<revision>"`. Weak tags, lists and `*` prove no base. */
export const ifMatchSchema = z
  .string()
  .regex(/^"(0|[1-9]\d{0,18})"$/, 'must be one ETag as this API gave it out, with its quotes: "12"')
  .transform((tag) => BigInt(tag.slice(1, -1)));

/** The ETag of a script: the revision of its stream. */
export const etagOf = (revision: bigint): string => `"${revision}"`;

import { slug, versionNumber } from '@stemma/domain';
import { z } from 'zod';

export const slugParameter = slug.describe('The script: unique in the tenant, for ever');

/** Written plainly: `7`, not `07`, `7.0` or `+7`. */
export const numberParameter = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, 'must be a version number: 1, 2, …')
  .transform(Number)
  .pipe(versionNumber);

const wholeNumber = (fallback: number, max: number) =>
  z
    .string()
    .regex(/^(0|[1-9]\d{0,6})$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(max))
    .default(fallback);

export const limitParameter = wholeNumber(50, 200);

/** A revision of a stream, written as a decimal number: they may exceed 2^53. */
export const revisionParameter = z
  .string()
  .regex(/^(0|[1-9]\d{0,18})$/, 'must be a revision: 0, 1, …')
  .transform(BigInt);

const cursor = z
  .string()
  .max(1_000)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be the `next` of an earlier answer');

export const listScriptsQuery = z.strictObject({
  label: z.string().min(1).max(100).optional(),
  status: z.enum(['active', 'inactive', 'in_review']).optional(),
  q: z.string().min(1).max(100).optional().describe('The beginning of the slug or of the name'),
  sort: z.enum(['slug', '-slug', 'changedAt', '-changedAt']).default('slug'),
  cursor: cursor.optional(),
  limit: limitParameter,
});

export const listVersionsQuery = z.strictObject({ cursor: cursor.optional(), limit: limitParameter });

export const historyQuery = z.strictObject({
  after: revisionParameter.optional().describe('Only events after this revision'),
  limit: limitParameter,
});

export const diffQuery = z.strictObject({ from: numberParameter, to: numberParameter });

export const noQuery = z.strictObject({});

import { z } from 'zod';

const expiredBlob = z.strictObject({
  sha256: z.string(),
  size: z.int().describe('Bytes'),
  storedAt: z.iso.datetime().describe('When these bytes were last stored'),
  why: z.enum(['expired', 'unused']).describe('`unused`: no run names them, and a day has gone by'),
});

/** What the next pass of retention would delete, and nothing has been deleted. */
export const expiredBlobsSchema = z.strictObject({
  items: z.array(expiredBlob).describe('The first thousand'),
  count: z.int(),
  bytes: z.int(),
  keepDays: z.int(),
});

/** What was deleted. */
export const sweepAnswer = z.strictObject({ count: z.int(), bytes: z.int() });

import { versionNumber } from '@stemma/domain';
import { z } from 'zod';
import { authoringActionSchema } from '../requests/reading-queries.js';
import { fieldChangeSchema } from './diff.js';
import { policySchema } from './version.js';

/** One change of a script: what was done, what became different, why, by whom and when (R-D8). */
export const authoringEntrySchema = z.strictObject({
  slug: z.string(),
  revision: z.string().describe('Of the event in the stream of the script; decimal'),
  position: z.string().describe('Of the event in the log; decimal'),
  action: authoringActionSchema,
  number: versionNumber.nullable().describe('Of the version it was done to'),
  round: z.int().nullable().describe('Of review'),
  changes: z.array(fieldChangeSchema),
  note: z.string().nullable(),
  policy: policySchema.nullable().describe('The review policy that applied'),
  by: z.string(),
  actorKind: z.enum(['user', 'service', 'schedule', 'system']),
  at: z.iso.datetime(),
});

export const authoringListSchema = z.strictObject({
  items: z.array(authoringEntrySchema).describe('Newest first'),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last one'),
});

/** A time in which a version was the active one. */
export const activationSchema = z.strictObject({
  number: versionNumber,
  versionId: z.uuid(),
  contentHash: z.string(),
  how: z.enum(['review', 'rollback', 'break-glass']),
  note: z.string().nullable().describe('The words of a rollback or of a broken glass'),
  replacedNumber: versionNumber.nullable(),
  by: z.string(),
  at: z.iso.datetime(),
  endedBy: z.string().nullable(),
  endedAt: z.iso.datetime().nullable().describe('null: it is the active one'),
  supersededByNumber: versionNumber.nullable(),
});

export const activationListSchema = z.strictObject({
  items: z.array(activationSchema).describe('Newest first'),
  next: z.int().nullable().describe('The `below` of the next page; null on the last one'),
});

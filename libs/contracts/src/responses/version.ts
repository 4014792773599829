import { versionNumber } from '@stemma/domain';
import { z } from 'zod';

export const versionStateSchema = z.enum(['draft', 'in_review', 'active', 'archived']);

const instant = z.iso.datetime();
const person = z.string();

/** One version: its facts, each with who and when, none overwriting another (R-A5, R-A9). */
export const versionSchema = z.strictObject({
  versionId: z.uuid(),
  number: versionNumber,
  state: versionStateSchema,
  contentHash: z.string().describe('sha256, hex, of the canonical JSON of the whole content'),
  derivedFromVersionId: z.uuid().nullable(),
  origin: z.enum(['saved', 'rollback', 'import']),
  changeSummary: z.string().nullable(),
  sameContentAs: versionNumber.nullable(),
  createdBy: person,
  createdAt: instant,
  submittedBy: person.nullable(),
  submittedAt: instant.nullable(),
  reviewedBy: person.nullable().describe('Who approved or requested changes last'),
  reviewedAt: instant.nullable(),
  reviewNote: z.string().nullable(),
  publishedBy: person.nullable(),
  publishedAt: instant.nullable(),
  archivedAt: instant.nullable(),
});

export const versionListSchema = z.strictObject({
  items: z.array(versionSchema),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last one'),
});

/** The content of a version, as it was saved: the hash is over exactly this. */
export const contentAnswer = z.strictObject({
  number: versionNumber,
  contentHash: z.string(),
  content: z.record(z.string(), z.json()),
});

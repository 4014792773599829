import { versionNumber } from '@stemma/domain';
import { z } from 'zod';

export const versionStateSchema = z.enum(['draft', 'in_review', 'active', 'archived']);

export const policySchema = z.strictObject({ requiredApprovals: z.int(), fourEyes: z.boolean() });
const act = { round: z.int(), by: z.string(), at: z.iso.datetime() };

/** One version, and all that was done to it: each fact with its own actor and time (R-A5, R-A9). */
export const versionSchema = z.strictObject({
  versionId: z.uuid(),
  number: versionNumber,
  state: versionStateSchema,
  contentHash: z.string().describe('sha256, hex, of the canonical JSON (RFC 8785) of the whole content'),
  derivedFromVersionId: z.uuid().nullable(),
  origin: z.enum(['saved', 'rollback', 'import']),
  changeSummary: z.string().nullable(),
  sameContentAs: versionNumber.nullable().describe('The newest earlier version with the same content'),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  submissions: z.array(z.strictObject({ ...act, policy: policySchema })),
  withdrawals: z.array(z.strictObject(act)),
  requestedChanges: z.array(z.strictObject({ ...act, note: z.string() })),
  approvals: z.array(z.strictObject({ ...act, contentHash: z.string(), note: z.string().nullable() })),
  publishedBy: z.string().nullable(),
  publishedAt: z.iso.datetime().nullable(),
  publishedPolicy: policySchema.nullable(),
  breakGlassReason: z.string().nullable().describe('Why it was published against the policy'),
  archivedBy: z.string().nullable(),
  archivedAt: z.iso.datetime().nullable(),
  supersededByNumber: versionNumber.nullable(),
  prunedBy: z.string().nullable(),
  prunedAt: z.iso.datetime().nullable().describe('Since when its content is given up'),
});

export type Version = z.output<typeof versionSchema>;

export const versionListSchema = z.strictObject({
  items: z.array(versionSchema).describe('Newest first'),
  next: z.int().nullable().describe('The `below` of the next page; null on the last one'),
  total: z.int().optional().describe('On all pages, when `count=true`'),
});

/** The content of a version, as it was saved: the hash is over exactly this. */
export const contentAnswer = z.strictObject({
  number: versionNumber,
  contentHash: z.string(),
  content: z.record(z.string(), z.json()),
});

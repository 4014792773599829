import { versionNumber } from '@stemma/domain';
import { z } from 'zod';
import { policySchema } from './version.js';

/** A version in review: whose it is, what it still needs, since when it waits. */
export const reviewSchema = z.strictObject({
  slug: z.string(),
  name: z.string(),
  labels: z.array(z.string()),
  number: versionNumber,
  versionId: z.uuid(),
  contentHash: z.string(),
  changeSummary: z.string().nullable(),
  author: z.string(),
  round: z.int(),
  policy: policySchema.describe('The one that applied at the submission'),
  requiredApprovals: z.int().describe('What counts: the stricter of then and now'),
  fourEyes: z.boolean(),
  stage: z.enum(['approval', 'publishing']),
  missing: z.int().min(0).describe('Approvals that are still needed'),
  approvals: z.array(z.strictObject({ by: z.string(), at: z.iso.datetime(), note: z.string().nullable() })),
  submittedBy: z.string(),
  submittedAt: z.iso.datetime(),
});

export const reviewListSchema = z.strictObject({
  items: z.array(reviewSchema).describe('The longest waiting first'),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last one'),
  total: z.int().optional().describe('On all pages, when `count=true`'),
});

import { versionNumber } from '@stemma/domain';
import { z } from 'zod';

/** A script as the read model knows it. The ETag of the answer is the revision of its stream. */
export const scriptSchema = z.strictObject({
  scriptId: z.uuid(),
  slug: z.string(),
  kind: z.enum(['code', 'graph']),
  type: z.enum(['cron', 'http', 'one_off', 'embedded']),
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  enabled: z.boolean(),
  status: z.enum(['draft', 'published', 'archived']),
  latestNumber: z.int().min(0).describe('The base to send with a change; 0 before the first draft'),
  activeNumber: versionNumber.nullable(),
  activeVersionId: z.uuid().nullable(),
  headDraft: versionNumber.nullable().describe('The newest version while it is not published'),
  inReviewNumber: versionNumber.nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  changedBy: z.string(),
  changedAt: z.iso.datetime(),
});

export type Script = z.output<typeof scriptSchema>;

export const scriptListSchema = z.strictObject({
  items: z.array(scriptSchema),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last one'),
});

import { versionNumber } from '@stemma/domain';
import { z } from 'zod';
import { policySchema } from './version.js';

const triggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cron'), expression: z.string(), timeZone: z.string() }),
  z.strictObject({ kind: z.literal('http'), method: z.string(), path: z.string() }),
]);

/** A script as the read model knows it. The ETag of the answer is the revision of its stream. */
export const scriptSchema = z.strictObject({
  scriptId: z.uuid(),
  slug: z.string(),
  kind: z.enum(['code', 'graph']),
  type: z.enum(['cron', 'http', 'one_off', 'embedded']),
  name: z.string(),
  description: z.string(),
  labels: z.array(z.string()),
  intents: z.array(z.string()),
  languageCodes: z.array(z.string()),
  embeddingKey: z.string().nullable(),
  enabled: z.boolean(),
  listed: z.boolean().describe('Its users see it'),
  retired: z.boolean().describe('It has come to its end; its slug is never given out again'),
  status: z.enum(['draft', 'published', 'archived']),
  latestNumber: z.int().min(0).describe('The base to send with a change; 0 before the first draft'),
  activeNumber: versionNumber.nullable(),
  activeVersionId: z.uuid().nullable(),
  headDraft: versionNumber.nullable().describe('The newest version while it is not published'),
  inReviewNumber: versionNumber.nullable(),
  reviewPolicy: policySchema.nullable().describe('Its own; null: the one of the tenant'),
  prunePolicy: z
    .strictObject({ maxVersions: z.int().nullable(), retentionDays: z.int().nullable() })
    .nullable()
    .describe('null: it is pruned only when somebody asks'),
  triggers: z.record(z.string(), triggerSchema).describe('By name'),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  changedBy: z.string(),
  changedAt: z.iso.datetime(),
});

export type Script = z.output<typeof scriptSchema>;

export const scriptListSchema = z.strictObject({
  items: z.array(scriptSchema),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last one'),
  total: z.int().optional().describe('On all pages, when `count=true`'),
});

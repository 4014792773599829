import { slug, subject } from '@stemma/domain';
import { z } from 'zod';
import {
  asOfParameter,
  cursorParameter,
  flagParameter,
  instantParameter,
  limitParameter,
  numberParameter,
  repeated,
} from './parameters.js';

const asOf = asOfParameter.optional();

export const listReviewsQuery = z.strictObject({
  waiting: z
    .enum(['me', 'anyone'])
    .default('me')
    .describe('`me`: only what the caller may decide now; `anyone`: every open review'),
  slug: slug.optional(),
  author: subject.optional(),
  stage: z
    .enum(['approval', 'publishing'])
    .optional()
    .describe('`approval` while approvals are missing, then `publishing`'),
  count: flagParameter.describe('Also how many there are on all pages'),
  cursor: cursorParameter,
  limit: limitParameter,
  asOf,
});

export const authoringActionSchema = z.enum([
  'create',
  'update',
  'save',
  'import',
  'rollback',
  'submit',
  'withdraw',
  'request-changes',
  'approve',
  'publish',
  'break-glass',
  'archive',
  'enable',
  'disable',
  'list',
  'unlist',
  'set-trigger',
  'remove-trigger',
  'set-review-policy',
  'set-prune-policy',
  'prune',
  'retire',
]);

export const listAuthoringQuery = z.strictObject({
  slug: slug.optional(),
  actor: subject.optional(),
  action: repeated(authoringActionSchema).describe('One of these; all when there is none'),
  version: numberParameter.optional(),
  from: instantParameter.optional().describe('At this instant or later'),
  to: instantParameter.optional().describe('Before this instant'),
  cursor: cursorParameter,
  limit: limitParameter,
  asOf,
});

export const listDecisionsQuery = z.strictObject({
  version: numberParameter.optional(),
  cursor: cursorParameter,
  limit: limitParameter,
  asOf,
});

export const listActivationsQuery = z.strictObject({
  below: numberParameter.optional().describe('Only smaller numbers: the `next` of the page before'),
  limit: limitParameter,
  asOf,
});

export const lineageQuery = z.strictObject({
  format: z.enum(['json', 'dot', 'mermaid']).optional().describe('Goes before what `Accept` says'),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(10_000))
    .default(1_000)
    .describe('So many of the newest versions, at most 10000'),
  asOf,
});

import { label, setTriggerSchema, slug, subject, versionNumber } from '@stemma/domain';
import { z } from 'zod';

export const slugParameter = slug.describe('The script: unique in the tenant, for ever');

export const triggerParameter = setTriggerSchema.shape.name.describe(
  'The name of a trigger within its script',
);

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
  .transform(BigInt)
  .refine((revision) => revision <= 2n ** 63n - 1n, 'must be at most 2^63 − 1');

/** `?label=a&label=b`: once is one text, more is a list of them. */
export const repeated = <T extends string>(one: z.ZodType<T, string>) =>
  z.union([one.transform((value) => [value]), z.array(one).max(20)]).default([]);

/** `?count=true` */
export const flagParameter = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

/** Any ISO 8601 instant with a zone, as the read models keep it: UTC, to the millisecond. */
export const instantParameter = z.iso
  .datetime({ offset: true })
  .transform((value) => new Date(value).toISOString());

export const cursorParameter = z
  .string()
  .max(1_000)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be the `next` of an earlier answer')
  .optional()
  .describe('The `next` of the page before, asked for with the same filters, sort and moment');

const POSITION = /^(0|[1-9]\d{0,18})$/;

/**
 * A moment of the log: after the event at this position, or before the first event later than this time. A position that
 * was taken from `Stemma-Position` whole says of which log it is.
 */
export type AsOf = { readonly position: bigint; readonly logId?: string } | { readonly time: string };

const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(.+)$/;

function readAsOf(value: string): AsOf | undefined {
  const [, logId, position = value] = TOKEN.exec(value) ?? [];
  if (POSITION.test(position) && BigInt(position) <= 2n ** 63n - 1n)
    return { position: BigInt(position), ...(logId !== undefined && { logId }) };
  const { success } = z.iso.datetime({ offset: true }).safeParse(value);
  const time = success ? new Date(value) : undefined;
  return time && !Number.isNaN(time.getTime()) ? { time: time.toISOString() } : undefined;
}

export const asOfParameter = z
  .string()
  .max(60)
  .transform((value, context) => {
    const asOf = readAsOf(value);
    if (asOf !== undefined) return asOf;
    context.addIssue(
      'must be a position of the log, a Stemma-Position as an answer gave it, or a time with its zone: 2026-11-21T08:00:00Z',
    );
    return z.NEVER;
  })
  .describe(
    'As it was: at this position of the log, alone or as `Stemma-Position` has it, or at this time (ISO 8601 with a zone; one still to come is now)',
  );

const asOf = asOfParameter.optional();

export const asOfQuery = z.strictObject({ asOf });

/** `?enabled=true`; absent asks for both. */
const switchParameter = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional();

export const listScriptsQuery = z.strictObject({
  text: z
    .string()
    .max(200)
    .regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit')
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .optional()
    .describe('Words, each of which begins a word of slug, name, labels or description; ten at most'),
  label: repeated(label).describe('Every one of these labels'),
  intent: repeated(label).describe('Every one of these intents'),
  language: repeated(label).describe('Every one of these language codes'),
  status: z.enum(['draft', 'published', 'archived']).optional(),
  kind: z.enum(['code', 'graph']).optional(),
  type: z.enum(['cron', 'http', 'one_off', 'embedded']).optional(),
  enabled: switchParameter,
  listed: switchParameter,
  retired: switchParameter,
  createdBy: subject.optional(),
  changedBy: subject.optional(),
  sort: z
    .enum(['slug', '-slug', 'name', '-name', 'createdAt', '-createdAt', 'changedAt', '-changedAt'])
    .default('slug')
    .describe('`-` is last or newest first'),
  count: flagParameter.describe('Also how many there are on all pages'),
  cursor: cursorParameter,
  limit: limitParameter,
  asOf,
});

export const listVersionsQuery = z.strictObject({
  state: z.enum(['draft', 'in_review', 'active', 'archived']).optional(),
  author: subject.optional(),
  origin: z.enum(['saved', 'rollback', 'import']).optional(),
  contentHash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be a sha256 in hex')
    .optional()
    .describe('Those with this very content'),
  count: flagParameter.describe('Also how many there are on all pages'),
  below: numberParameter.optional().describe('Only smaller numbers: the `next` of the page before'),
  limit: limitParameter,
  asOf,
});

export const historyQuery = z.strictObject({
  after: revisionParameter.optional().describe('Only events after this revision'),
  limit: limitParameter,
  asOf,
});

export const diffQuery = z.strictObject({ from: numberParameter, to: numberParameter });

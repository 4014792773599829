import { requestCancelSchema, requestRunSchema, slug, variableName } from '@stemma/domain';
import { z } from 'zod';
import { asOfParameter, cursorParameter, limitParameter } from './parameters.js';

export const requestRunBody = requestRunSchema;
export const requestCancelBody = requestCancelSchema;

/** Longer than a container lives after its cancel, shorter than anybody's patience with a request. */
const LONGEST_WAIT_SECONDS = 20;

export const cancelQuery = z.strictObject({
  wait: z
    .string()
    .regex(/^\d{1,2}$/, 'must be a number of seconds')
    .transform(Number)
    .pipe(z.int().max(LONGEST_WAIT_SECONDS))
    .default(0)
    .describe('Seconds to wait at most until the cancel is a fact: ended, and no worker at it any more'),
});

export const runIdParameter = z
  .uuid('must be a UUID')
  .describe('The run, as the answer to its request named it');

/** As the manifest of the run has it; names with `/` are written with `%2F`. */
export const artifactParameter = z.string().min(1).max(1_024);

export const runTriggerSchema = z.enum(['manual', 'api']);

export const runStatusSchema = z.enum(['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled']);

const word = z.string().max(200).optional();

const listRunsShape = z
  .object({
    slug: slug.optional(),
    status: runStatusSchema.optional(),
    context: z.enum(['sandbox', 'production']).optional(),
    trigger: runTriggerSchema.optional().describe('`manual`: a person asked for it; `api`: a service did'),
    'subject.schema': word,
    'subject.model': word,
    'subject.id': word,
    'connector.type': word,
    'connector.key': word,
    from: z.iso.datetime().optional().describe('Requested at this instant or later'),
    to: z.iso.datetime().optional().describe('Requested before this instant'),
    mine: z
      .enum(['true', 'false'])
      .default('false')
      .transform((value) => value === 'true')
      .describe('Only what the caller asked for'),
    cursor: cursorParameter,
    limit: limitParameter,
    asOf: asOfParameter.optional(),
  })
  .catchall(z.string().max(1_000));

const isVariable = (key: string): boolean =>
  key.startsWith('var.') && variableName.safeParse(key.slice(4)).success;

/** `var.<name>`: a variable that a script set. Other names that are not known are refused as everywhere. */
export const listRunsQuery = listRunsShape.superRefine((query, context) => {
  for (const key of Object.keys(query)) {
    if (key in listRunsShape.shape || isVariable(key)) continue;
    context.addIssue({ code: 'unrecognized_keys', keys: [key], input: query });
  }
});

/** `<attempt>-<offset>` of the last line that was seen; an attempt that was lost begins again at its first line. */
export const logPlace = z
  .string()
  .regex(/^\d{1,6}-\d{1,9}$/, 'must be the id of a line: <attempt>-<offset>')
  .transform((value) => {
    const [attempt = 0, offset = 0] = value.split('-').map(Number);
    return { attempt, offset };
  });

export const runLogQuery = z.strictObject({
  after: logPlace.optional().describe('Only lines after this one'),
  attempt: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, 'must be the number of an attempt')
    .transform(Number)
    .optional()
    .describe('Of this attempt; the current one when absent. An attempt that was lost left no log'),
});

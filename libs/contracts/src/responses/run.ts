import { variableType, versionNumber } from '@stemma/domain';
import { z } from 'zod';
import { runStatusSchema, runTriggerSchema } from '../requests/run-bodies.js';

const blob = { sha256: z.string(), size: z.int().describe('Bytes') };
const namedBlob = z.strictObject({ name: z.string(), ...blob });
const limits = z.record(z.string(), z.number());
const context = z.enum(['sandbox', 'production']);
const runtime = z.enum(['node', 'python', 'shell']);

/** Bytes as they are stored now; requests name them by their hash. */
export const fileAnswer = z.strictObject(blob);

export const requestRunAnswer = z.strictObject({
  runId: z.uuid(),
  changed: z.boolean(),
  slug: z.string(),
  versionId: z.uuid(),
  number: versionNumber.describe('Pinned: what is published later does not change this run'),
  context,
  runtime,
  limits,
  status: z.literal('pending'),
});

/**
 * `cancelling`: a worker has to stop it first; `GET /v1/runs/{runId}` says when it is a fact. With `?wait=` the answer
 * comes when it is: `cancelled` then means that its container is gone, too.
 */
export const cancelAnswer = z.strictObject({
  runId: z.uuid(),
  changed: z.boolean(),
  status: z.enum(['cancelled', 'cancelling']),
});

const output = z.union([
  z.strictObject({ kind: z.literal('inline'), value: z.json() }),
  z.strictObject({ kind: z.literal('blob'), ...blob }),
]);

const attempt = z.strictObject({
  attempt: z.int(),
  worker: z.string(),
  imageDigest: z.string().describe('Of the image that its container was made of'),
  profile: z.string().describe('Hash of the seccomp profile that its container ran under'),
  limits: limits.optional().describe('Every cap of its container, with its unit in its name'),
  warm: z.boolean().optional().describe('Whether its container had been started ahead'),
  at: z.iso.datetime(),
  failed: z
    .strictObject({
      status: z.string(),
      reason: z.string(),
      error: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
      exitCode: z.int().nullable(),
      log: z.strictObject({ ...blob, lines: z.int(), truncated: z.boolean() }).nullable(),
      runMs: z.int(),
      endedAt: z.iso.datetime(),
      retryAfterMs: z.int(),
    })
    .optional()
    .describe('How it ended, when it failed and was followed by another one'),
});

/** One execution of one version (R-A10, R-C4). */
export const runSchema = z.strictObject({
  runId: z.uuid(),
  slug: z.string(),
  versionId: z.uuid(),
  number: versionNumber,
  contentHash: z.string(),
  runtime,
  context,
  trigger: runTriggerSchema,
  status: runStatusSchema,
  reason: z.string().nullable().describe('Why it ended so, for machines; `error.message` says it to people'),
  input: z.strictObject(blob),
  files: z.array(namedBlob),
  limits,
  attempt: z.int().describe('0 before the first start'),
  attempts: z.array(attempt),
  failures: z.int().describe('Attempts that failed and were to be followed by another one'),
  retryAt: z.iso.datetime().nullable().describe('During the pause before the next attempt'),
  retries: z.strictObject({ max: z.int(), backoffSeconds: z.number() }).nullable(),
  subject: z.strictObject({ schema: z.string(), model: z.string(), id: z.string() }).nullable(),
  connector: z.strictObject({ type: z.string(), key: z.string() }).nullable(),
  variables: z
    .record(z.string(), z.strictObject({ type: variableType, value: z.json() }))
    .describe('Set by the script, by name; `?var.<name>=<value>` finds runs by them'),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  cancelRequested: z.boolean(),
  cancelledBy: z.string().nullable(),
  cancelRequestedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  prepareMs: z.int().nullable(),
  runMs: z.int().nullable(),
  exitCode: z.int().nullable(),
  output: output.nullable().describe('Larger ones are read at /v1/runs/{runId}/output'),
  error: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
  artifacts: z.array(namedBlob),
  log: z.strictObject({ ...blob, lines: z.int(), truncated: z.boolean() }).nullable(),
});

export type Run = z.output<typeof runSchema>;

export const runListSchema = z.strictObject({
  items: z.array(runSchema).describe('Newest first'),
  next: z.string().nullable().describe('The `cursor` of the next page; null on the last one'),
});

const logLine = z.strictObject({
  id: z.string().describe('`<attempt>-<offset>`: what `after` takes'),
  at: z.number().describe('Milliseconds since 1970'),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  stream: z.enum(['stdout', 'stderr', 'log']),
  message: z.string(),
});

/** The lines there are now. With `Accept: text/event-stream` they come as they are written, and then `event: end`. */
export const runLogSchema = z.strictObject({ lines: z.array(logLine), status: runStatusSchema });

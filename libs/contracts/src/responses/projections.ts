import { z } from 'zod';

const position = z.string().describe('In the log; decimal');

const rowDifference = z.strictObject({
  table: z.string(),
  tenantId: z.string(),
  key: z.record(z.string(), z.json()),
  columns: z
    .array(z.strictObject({ column: z.string(), is: z.json(), shouldBe: z.json() }))
    .describe('Those that differ'),
  missing: z
    .enum(['is', 'shouldBe'])
    .nullable()
    .describe('`is`: the row is missing. `shouldBe`: the row should not exist'),
});

const kind = z
  .enum(['rebuild', 'verify', 'first-build'])
  .describe('`rebuild`: it was compared with what was read before it. Else with a replay of the log');
const against = z.int().nullable().describe('The build it was compared with');

const proof = z.strictObject({
  kind,
  equal: z.boolean(),
  digest: z.string(),
  position,
  against,
  at: z.string(),
});

/** One build of a projection: the rows of one replay of the log, kept up to date since. */
export const buildReportSchema = z.strictObject({
  projection: z.string(),
  version: z.int(),
  build: z.int(),
  state: z
    .enum(['building', 'trial', 'live', 'following'])
    .describe('`live`: what readers see. `following`: complete beside it. `trial`: only made to compare'),
  position: position.nullable(),
  events: z.int().describe('Considered since the start of the log'),
  eventsPerSecond: z.int().describe('At this moment'),
  lag: z.strictObject({
    events: z.int().describe('Exact up to a thousand'),
    seconds: z.number().describe('How long the oldest event that is not considered yet has waited'),
  }),
  parked: z.int().describe('Streams that cannot go on'),
  pausedBy: z.string().nullable(),
  hasWriter: z.boolean().describe('Whether a projector has it in hand'),
  trouble: z.string().nullable().describe('Why it stands still until somebody acts'),
  movedAt: z.string(),
  proof: proof.nullable().describe('The last time it was proven, or found wrong'),
});

const progress = z.strictObject({
  step: z.string(),
  position,
  events: z.int(),
  eventsPerSecond: z.int(),
  secondsLeft: z.int().nullable(),
});

const outcome = z.looseObject({
  projection: z.string(),
  build: z.int(),
  against: z.int().optional().describe('The build it was compared with'),
  equal: z.boolean().optional(),
  digest: z.string().optional(),
  position: position.optional(),
  parked: z.array(z.string()).optional(),
  differences: z.array(rowDifference).optional(),
});

/** What an operator asked for, and what came of it. A projector does jobs one after the other. */
export const jobSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(['rebuild', 'verify', 'swap', 'rollback', 'drop']),
  projections: z.array(z.string()),
  options: z.record(z.string(), z.json()),
  state: z.enum(['queued', 'running', 'done', 'refused', 'aborted']),
  askedBy: z.string(),
  askedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  progress: progress.nullable(),
  result: z
    .looseObject({
      reason: z.string().optional().describe('Why it was refused, and what to do'),
      equal: z.boolean().optional(),
      builds: z.array(outcome).optional(),
      events: z.int().optional(),
      eventsPerSecond: z.int().optional(),
    })
    .nullable(),
});

export const jobListSchema = z.strictObject({ items: z.array(jobSchema).describe('Newest first') });

export const projectionStatusSchema = z.strictObject({
  builds: z.array(buildReportSchema),
  jobs: z.array(jobSchema).describe('Those that wait or run'),
});

export const projectionsAnswer = z.strictObject({ projections: z.array(z.string()) });
export const abortAnswer = z.strictObject({ projections: z.array(z.string()), aborted: z.int() });

export const certificateSchema = z.strictObject({
  id: z.int(),
  kind,
  projection: z.string(),
  version: z.int(),
  build: z.int().describe('What was made (rebuild) or looked at'),
  against,
  logId: z.uuid(),
  position,
  events: z.int(),
  equal: z.boolean(),
  digest: z.string(),
  tables: z.array(
    z.strictObject({ table: z.string(), tenantId: z.string(), rows: z.int(), digest: z.string() }),
  ),
  parked: z.array(z.string()).describe('Streams that were left out'),
  differences: z.array(rowDifference),
  leftOut: z
    .int()
    .describe('Entries of these three lists that found no room in the log; the digest is over all'),
  startedAt: z.string(),
  endedAt: z.string(),
  by: z.string(),
  release: z.string(),
});

export const certificateListSchema = z.strictObject({
  items: z.array(certificateSchema).describe('Newest first'),
});

/** What an operator did, what came of it, or what was proven: an event of the log, so it is there when Postgres is lost. */
export const actSchema = z.strictObject({
  position,
  at: z.string(),
  by: z
    .string()
    .describe('Who; `projector` for what came of a job and what it proved: then `data` says for whom'),
  release: z.string(),
  type: z.enum([
    'ProjectionJobRequested',
    'ProjectionJobsAborted',
    'ProjectionsPaused',
    'ProjectionsResumed',
    'ParkedStreamsRetried',
    'ParkedEventDropped',
    'ProjectionJobEnded',
    'BuildCertified',
  ]),
  data: z.record(z.string(), z.json()),
});

export const actListSchema = z.strictObject({
  items: z
    .array(actSchema)
    .describe(
      'Newest first; fewer than `limit` when more would exceed 4 MB. `GET /v1/ops/projections/certificates` has the certificates of one projection.',
    ),
});

export const parkedSchema = z.strictObject({
  projection: z.string(),
  version: z.int(),
  build: z.int(),
  stream: z.string(),
  tenantId: z.string().nullable(),
  revision: z.string().describe('Of the event that cannot be applied; decimal'),
  position,
  eventId: z.uuid(),
  eventType: z.string(),
  category: z
    .enum(['fold', 'row', 'database'])
    .describe('The handler threw; a column does not take the value; Postgres refused the row'),
  error: z.string(),
  events: z.int().describe('That wait, this one included'),
  parkedAt: z.string(),
});

export const parkedListSchema = z.strictObject({ items: z.array(parkedSchema) });

/** With the event itself, as it is stored. */
export const parkedEventSchema = z.strictObject({
  ...parkedSchema.shape,
  event: z.strictObject({ data: z.record(z.string(), z.json()), metadata: z.record(z.string(), z.json()) }),
});

export const retryAnswer = z.strictObject({
  projection: z.string(),
  retried: z.int().describe('Streams that a projector tries again now'),
});

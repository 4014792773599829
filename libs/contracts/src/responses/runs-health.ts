import { z } from 'zod';

/** What may be out of step between log, queue, workers, containers and bytes. */
const findingKind = z.enum([
  'queue-away',
  'no-worker',
  'run-without-job',
  'retry-lost',
  'run-without-worker',
  'run-without-container',
  'job-without-run',
  'container-without-run',
  'blob-without-event',
]);

const finding = z.strictObject({
  kind: findingKind,
  tenantId: z.string().nullable(),
  runId: z.string().nullable(),
  attempt: z.int().nullable(),
  workerId: z.string().nullable(),
  sha256: z.string().nullable(),
  says: z.string().describe('What is seen, for people'),
  mends: z.string().describe('What a repair does about it'),
});

/** Nothing found: every run that has not ended is where the log says. */
export const runsHealthSchema = z.strictObject({
  findings: z.array(finding),
  seen: z
    .strictObject({
      unfinished: z.int().describe('Runs of all tenants that have not ended'),
      jobs: z.int(),
      workers: z.int().describe('Those that said within the last 15 seconds that they live'),
      containers: z.int().describe('Of runs, as workers saw them last'),
    })
    .describe('What was compared'),
});

export const repairRunsAnswer = z.strictObject({
  workersCalled: z
    .int()
    .describe('They compare log, queue and containers now, and put back or remove what is wrong'),
  jobsRemoved: z.int(),
  blobsDeleted: z.int(),
});

export type RunFinding = z.output<typeof finding>;

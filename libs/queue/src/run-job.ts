import { z } from 'zod';

/** Hash-tagged, so that a Redis cluster keeps the queue in one slot (HAZARDS Q7). */
export const PREFIX = '{stemma}';
export const RUN_QUEUE = 'runs';

/** Ids only: Redis holds jobs in clear text (HAZARDS Q5). */
export const runJobSchema = z.strictObject({ tenantId: z.uuid(), runId: z.uuid(), attempt: z.int().min(1) });

/** "It may be time for this attempt of this run." Whether it is, the log decides. */
export type RunJob = z.output<typeof runJobSchema>;

/** One id per attempt: an id that Redis still holds is ignored when added again (HAZARDS Q3, Q9). */
export const runJobId = ({ runId, attempt }: Pick<RunJob, 'runId' | 'attempt'>): string =>
  `${runId}-${attempt}`;

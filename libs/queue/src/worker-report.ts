import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from './run-job.js';

const KEY = `${PREFIX}:worker-reports`;

const poolReport = z.strictObject({
  runtime: z.string(),
  target: z.int(),
  ready: z.int(),
  starting: z.int(),
  hits: z.int(),
  misses: z.int(),
  fault: z.string().nullable(),
});

const attempt = z.strictObject({ runId: z.string(), attempt: z.int() });

/** What a worker tells of itself with each beat. Ids and counts only (HAZARDS Q5). */
export const workerReportSchema = z.strictObject({
  workerId: z.string(),
  /** Milliseconds since 1970, by its own clock. */
  at: z.number(),
  concurrency: z.int(),
  /** Runs of one tenant that it admits to the queue. */
  perTenant: z.int(),
  executing: z.array(attempt),
  /** Runs that wait for their tenant's turn, as this worker counts them. */
  waiting: z.int(),
  pool: z.array(poolReport),
  /** Containers of runs on its engine, of whatever worker; null while the engine is away. */
  containers: z.array(z.strictObject({ workerId: z.string(), ...attempt.shape })).nullable(),
});

export type WorkerReport = z.output<typeof workerReportSchema>;

export const sayReport = async (redis: Redis, report: WorkerReport): Promise<void> => {
  await redis.hset(KEY, report.workerId, JSON.stringify(report));
};

export const dropReport = async (redis: Redis, workerId: string): Promise<void> => {
  await redis.hdel(KEY, workerId);
};

/** A worker that was killed drops no report. After so long it is no news any more: another has its runs long since. */
const KEPT_MS = 3_600_000;

/**
 * The last word of each worker, of those too that went silent within the hour before `now` (milliseconds since 1970).
 * Older ones are removed here, and so is what cannot be read: it says nothing to anybody, and nobody else removes it.
 */
export async function readReports(redis: Redis, now: number): Promise<readonly WorkerReport[]> {
  const found = Object.entries(await redis.hgetall(KEY)).map(([workerId, text]) => {
    return { workerId, report: workerReportSchema.safeParse(asJson(text)).data };
  });
  const kept = found.flatMap(({ report }) => (report && now - report.at < KEPT_MS ? [report] : []));
  const gone = found.filter(({ report }) => !report || now - report.at >= KEPT_MS);
  if (gone.length > 0) await redis.hdel(KEY, ...gone.map(({ workerId }) => workerId));
  return kept;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

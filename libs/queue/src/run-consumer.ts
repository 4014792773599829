import { Worker } from 'bullmq';
import { backOff, type RedisOptions } from './connect-redis.js';
import { PREFIX, RUN_QUEUE, type RunJob, runJobSchema } from './run-job.js';

export interface RunConsumerOptions extends RedisOptions {
  /** Who takes jobs: told to whoever looks for one of them. */
  readonly workerId: string;
  /** Runs at the same time in this process. */
  readonly concurrency: number;
  /** Whatever it throws is given to `onFault`; the job is gone then, and the reconciler looks after the run. */
  readonly process: (job: RunJob) => Promise<void>;
}

export interface RunConsumer {
  /** Takes no more jobs and waits for those in hand. */
  close(): Promise<void>;
}

/**
 * Takes jobs from the queue. A worker that falls silent loses its job after ten seconds; nobody gets it again from
 * Redis, for only the log knows whether another attempt may start (HAZARDS Q2).
 */
export function openRunConsumer(options: RunConsumerOptions): RunConsumer {
  const { url, onFault, workerId, concurrency, process } = options;
  const worker = new Worker<RunJob>(RUN_QUEUE, (job) => process(runJobSchema.parse(job.data)), {
    prefix: PREFIX,
    name: workerId,
    connection: { url, maxRetriesPerRequest: null, retryStrategy: backOff },
    concurrency,
    lockDuration: 10_000,
    stalledInterval: 10_000,
    maxStalledCount: 0,
    drainDelay: 2,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('error', onFault);
  worker.on('failed', (_job, error) => onFault(error));
  return { close: () => worker.close() };
}

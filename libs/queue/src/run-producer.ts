import { Queue } from 'bullmq';
import { backOff, type RedisOptions } from './connect-redis.js';
import { PREFIX, RUN_QUEUE, type RunJob, runJobId } from './run-job.js';

export interface RunProducer {
  /** Idempotent while the job exists. Rejects at once when Redis is away: the log still knows of the run. */
  add(job: RunJob): Promise<void>;
  /** Whether Redis holds the job, waiting or active. */
  holds(job: RunJob): Promise<boolean>;
  /** Jobs that wait, in all. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

export function openRunProducer({ url, onFault }: RedisOptions): RunProducer {
  const queue = new Queue<RunJob>(RUN_QUEUE, {
    prefix: PREFIX,
    connection: { url, enableOfflineQueue: false, maxRetriesPerRequest: 0, retryStrategy: backOff },
    skipWaitingForReady: true,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  queue.on('error', onFault);
  return {
    async add(job) {
      await queue.add('run', job, { jobId: runJobId(job) });
    },
    async holds(job) {
      return (await queue.getJob(runJobId(job))) !== undefined;
    },
    waiting: () => queue.getWaitingCount(),
    close: () => queue.close(),
  };
}

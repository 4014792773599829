import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectRedis, type RedisOptions } from './connect-redis.js';
import { PREFIX, RUN_QUEUE, type RunJob, runJobId } from './run-job.js';

export interface RunProducer {
  /** Idempotent while the job exists. Rejects at once with `QueueAway` while Redis is: the log still knows of the run. */
  add(job: RunJob): Promise<void>;
  /** Whether Redis holds the job, waiting or active. */
  holds(job: RunJob): Promise<boolean>;
  /** Whether a worker has it in hand, or has died with it a moment ago. */
  isInHand(job: Pick<RunJob, 'runId' | 'attempt'>): Promise<boolean>;
  /** Jobs that wait, in all. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** Redis cannot be reached now. What was to be said to it is in the log; the reconciler says it again. */
export class QueueAway extends Error {
  override readonly name = 'QueueAway';
}

export function openRunProducer(options: RedisOptions): RunProducer {
  const redis = connectRedis(options);
  let queue: Queue<RunJob> | undefined;

  /** BullMQ asks a new connection for its version once and never forgets a failure: it gets one that is there. */
  const ready = (): Queue<RunJob> => {
    if (redis.status !== 'ready') throw new QueueAway('Redis cannot be reached; runs wait in the log.');
    queue ??= openQueue(redis, options);
    return queue;
  };

  return {
    async add(job) {
      await ready().add('run', job, { jobId: runJobId(job) });
    },
    async holds(job) {
      return (await ready().getJob(runJobId(job))) !== undefined;
    },
    async isInHand(job) {
      return (await ready().getJobState(runJobId(job))) === 'active';
    },
    async waiting() {
      return ready().getWaitingCount();
    },
    async close() {
      await queue?.close().catch(options.onFault);
      redis.disconnect();
    },
  };
}

function openQueue(redis: Redis, { onFault }: RedisOptions): Queue<RunJob> {
  const queue = new Queue<RunJob>(RUN_QUEUE, {
    prefix: PREFIX,
    connection: redis,
    defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
  });
  queue.on('error', onFault);
  return queue;
}

import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectRedis, type RedisOptions } from './connect-redis.js';
import { PREFIX, RUN_QUEUE, type RunJob, runJobId, runJobSchema } from './run-job.js';

/** A job as Redis holds it. */
export interface HeldJob extends RunJob {
  readonly state: 'waiting' | 'active';
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

type AttemptName = Pick<RunJob, 'runId' | 'attempt'>;

export interface FoundJob {
  /** Who took it; null while it waits. */
  readonly workerId: string | null;
}

/**
 * BullMQ's own ways out of a worker's hands ask for its lock, or for nobody's: meanwhile the job may be another's. Its
 * names: `pb` is who processes it, a list and a set of ids hold what is active and what may have stalled.
 */
const RELEASE = `
local job, active, stalled = KEYS[1], KEYS[2], KEYS[3]
local id, worker = ARGV[1], ARGV[2]
if redis.call('HGET', job, 'pb') ~= worker then return 0 end
if redis.call('LREM', active, -1, id) == 0 then return 0 end
redis.call('SREM', stalled, id)
redis.call('DEL', job, job .. ':lock', job .. ':logs')
return 1
`;

export interface RunProducer {
  /** Idempotent while the job exists. Rejects at once with `QueueAway` while Redis is: the log still knows of the run. */
  add(job: RunJob): Promise<void>;
  /** The job as Redis holds it, waiting or in the hands of a worker; null when it does not know of it. */
  find(job: AttemptName): Promise<FoundJob | null>;
  /** Whether a worker has it in hand, or has died with it a moment ago. */
  isInHand(job: AttemptName): Promise<boolean>;
  /** The jobs that wait and those in hand, the oldest first, at most so many of each. */
  list(most?: number): Promise<readonly HeldJob[]>;
  /** Takes a job back that waits; false when a worker has it in hand, or nobody has it. */
  remove(job: AttemptName): Promise<boolean>;
  /**
   * Takes a job out of the hands of a worker that is gone; without it Redis does so after ten to twenty seconds. False
   * when that worker has it no more: another may have put it back meanwhile, or taken it.
   */
  release(job: AttemptName, workerId: string): Promise<boolean>;
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
    async find(job) {
      const found = await ready().getJob(runJobId(job));
      return found === undefined ? null : { workerId: found.processedBy ?? null };
    },
    async isInHand(job) {
      return (await ready().getJobState(runJobId(job))) === 'active';
    },
    async list(most = 10_000) {
      return listJobs(ready(), most);
    },
    async remove(job) {
      const id = runJobId(job);
      if (['active', 'unknown'].includes(await ready().getJobState(id))) return false;
      return (await ready().remove(id)) === 1;
    },
    async release(job, workerId) {
      const id = runJobId(job);
      const keys = [id, 'active', 'stalled'].map((name) => ready().toKey(name));
      return (await redis.eval(RELEASE, keys.length, ...keys, id, workerId)) === 1;
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

async function listJobs(queue: Queue<RunJob>, most: number): Promise<readonly HeldJob[]> {
  const [waiting, active] = await Promise.all([
    queue.getJobs(['waiting', 'delayed', 'prioritized'], 0, most - 1, true),
    queue.getJobs(['active'], 0, most - 1, true),
  ]);
  const held = (state: HeldJob['state']) => (job: { readonly data: RunJob; readonly timestamp: number }) => ({
    ...runJobSchema.parse(job.data),
    state,
    addedAt: job.timestamp,
  });
  return [...waiting.map(held('waiting')), ...active.map(held('active'))];
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

import type { Redis } from 'ioredis';
import { PREFIX } from './run-job.js';

const CHANNEL = `${PREFIX}:worker-calls`;

/** Asks every worker for a pass of its reconciler now. Answers how many heard it. */
export const callWorkers = (redis: Redis): Promise<number> => redis.publish(CHANNEL, 'reconcile');

/** Calls `hear` whenever somebody asks for a pass; `redis` can do nothing else from now on. */
export function hearCalls(redis: Redis, hear: () => void, onFault: (error: unknown) => void): void {
  const subscribe = (): void => void redis.subscribe(CHANNEL).catch(onFault);
  redis.on('ready', subscribe);
  if (redis.status === 'ready') subscribe();
  redis.on('message', hear);
}

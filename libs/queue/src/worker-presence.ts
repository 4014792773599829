import type { Redis } from 'ioredis';
import { PREFIX } from './run-job.js';

const KEY = `${PREFIX}:workers`;

/** When each worker last said that it lives (milliseconds since 1970, by its own clock). */
export type Presence = ReadonlyMap<string, number>;

export const sayAlive = async (redis: Redis, workerId: string, now: number): Promise<void> => {
  await redis.hset(KEY, workerId, now);
};

export const sayGone = async (redis: Redis, workerId: string): Promise<void> => {
  await redis.hdel(KEY, workerId);
};

export async function readPresence(redis: Redis): Promise<Presence> {
  const beats = await redis.hgetall(KEY);
  return new Map(Object.entries(beats).map(([workerId, at]) => [workerId, Number(at)]));
}

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

/** A worker that was killed never says that it goes. So long that no clock is that wrong: a living one beats again. */
const KEPT_MS = 86_400_000;

/** The last beat of each worker within the day before `now` (milliseconds since 1970); older ones are removed here. */
export async function readPresence(redis: Redis, now: number): Promise<Presence> {
  const beats = Object.entries(await redis.hgetall(KEY)).map(
    ([workerId, at]) => [workerId, Number(at)] as const,
  );
  const gone = beats.filter(([, at]) => now - at >= KEPT_MS);
  if (gone.length > 0) await redis.hdel(KEY, ...gone.map(([workerId]) => workerId));
  return new Map(beats.filter(([, at]) => now - at < KEPT_MS));
}

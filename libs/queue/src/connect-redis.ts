import { Redis } from 'ioredis';

export interface RedisOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Called for every fault of the connection; it heals by itself. */
  readonly onFault: (error: Error) => void;
}

/** A connection that comes back for ever; each command fails at once while Redis is away (HAZARDS Q6). */
export function connectRedis({ url, onFault }: RedisOptions): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 5_000,
    retryStrategy: backOff,
  });
  redis.on('error', onFault);
  return redis;
}

/** Milliseconds until the next try: 50 ms doubling to 2 s. */
export const backOff = (tries: number): number => Math.min(2_000, 50 * 2 ** Math.min(tries, 6));

/** A Redis that may throw jobs away to save memory (HAZARDS Q6): what it is set to, or null when it is right. */
export async function unsafeMemoryPolicy(redis: Pick<Redis, 'config'>): Promise<string | null> {
  const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as [string, string];
  return policy === 'noeviction' ? null : policy;
}

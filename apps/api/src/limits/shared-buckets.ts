import type { connectRedis } from '@stemma/queue';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bucket, type Grant, grantOf, perMs, type Policy, takeTokens } from './token-bucket.js';

/** Buckets by name. Rejects never: when the shared ones are away, those of this process count. */
export interface Buckets {
  take(name: string, policy: Policy, want: number): Promise<Grant>;
}

type Redis = Pick<ReturnType<typeof connectRedis>, 'eval'>;

/** `takeTokens`, on the clock of Redis, so that the clocks of processes do not matter. */
const SCRIPT = `
local quota, rate, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(known[1]) or quota
local filled = math.min(quota, tokens + math.max(0, now - (tonumber(known[2]) or now)) * rate)
local granted = math.min(want, math.floor(filled))
redis.call('HSET', KEYS[1], 'tokens', filled - granted, 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(quota / rate) + 1000)
return { granted, string.format('%.3f', filled - granted) }`;

/** Nobody waits longer than this for a limit. */
const PATIENCE_MS = 100;
/** How long a Redis that did not answer is left alone. */
const AWAY_MS = 1_000;
const MOST_BUCKETS = 10_000;

/** Buckets that all processes share; while Redis does not answer, each process has its own, with the whole quota. */
export function sharedBuckets(redis: Redis | undefined, clock: () => number): Buckets {
  const own = ownBuckets(clock);
  if (!redis) return own;
  let awayUntil = Number.NEGATIVE_INFINITY;
  const ask = async (name: string, policy: Policy, want: number): Promise<Grant> => {
    const { quota } = policy;
    const key = `stemma:limit:${name}`;
    const answer = await redis.eval(SCRIPT, 1, key, quota, perMs(policy), want);
    const [granted, left] = answer as [number, string];
    return grantOf(policy, granted, Number(left));
  };
  return {
    async take(name, policy, want) {
      if (clock() < awayUntil) return own.take(name, policy, want);
      const late = pause(PATIENCE_MS, undefined, { ref: false });
      const grant = await Promise.race([ask(name, policy, want).catch(() => undefined), late]);
      if (grant !== undefined) return grant;
      awayUntil = clock() + AWAY_MS;
      return own.take(name, policy, want);
    },
  };
}

/** Those used longest ago are forgotten first: a forgotten bucket is a full one. */
function ownBuckets(clock: () => number): Buckets {
  const buckets = new Map<string, Bucket>();
  return {
    take(name, policy, want) {
      const { bucket, grant } = takeTokens(policy, buckets.get(name), want, clock());
      buckets.delete(name);
      buckets.set(name, bucket);
      for (const oldest of buckets.keys()) {
        if (buckets.size <= MOST_BUCKETS) break;
        buckets.delete(oldest);
      }
      return Promise.resolve(grant);
    },
  };
}

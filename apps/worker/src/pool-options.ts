import type { Config } from '@stemma/config';
import { defaultLimits, type PoolOptions } from '@stemma/runner';

type PoolSettings = Pick<
  Config,
  'poolSizes' | 'poolMaxAgeSeconds' | 'runMemoryMb' | 'sandboxTimeoutSeconds' | 'productionTimeoutSeconds'
>;

/** The class of the pool is that of runs whose request says nothing of limits, in both contexts. */
export function poolOptions(settings: PoolSettings): PoolOptions {
  const { poolSizes, poolMaxAgeSeconds, runMemoryMb, sandboxTimeoutSeconds, productionTimeoutSeconds } =
    settings;
  const timeoutMs = Math.max(sandboxTimeoutSeconds, productionTimeoutSeconds) * 1_000;
  return {
    sizes: poolSizes,
    limits: { ...defaultLimits, memoryMb: runMemoryMb, timeoutMs },
    maxAgeMs: poolMaxAgeSeconds * 1_000,
  };
}

import type { RunLimits } from '../run-limits.js';
import type { Runtime } from '../run-spec.js';

export interface PoolOptions {
  /** How many containers of each runtime wait; none for a runtime that is not named. */
  readonly sizes: Readonly<Partial<Record<Runtime, number>>>;
  /**
   * The class of runs that they serve: those with the same memory, processes, processor and disk, and no longer
   * timeout. Others start cold.
   */
  readonly limits: RunLimits;
  /** Older ones are replaced. */
  readonly maxAgeMs: number;
}

/** How one runtime's part of the pool is doing. */
export interface PoolState {
  readonly runtime: Runtime;
  readonly target: number;
  readonly ready: number;
  readonly starting: number;
  /** Runs that found a warm container. */
  readonly hits: number;
  /** Runs of the class that found none. */
  readonly misses: number;
  /** What hindered the last start; null when it went well. */
  readonly fault: string | null;
}

const fixedAtCreation = ['memoryMb', 'pids', 'milliCpus', 'tmpfsMb'] as const;

/** Whether a container made for one class of limits may serve a run with these. */
export function isOfClass(limits: RunLimits, ofClass: RunLimits): boolean {
  return (
    fixedAtCreation.every((name) => limits[name] === ofClass[name]) && limits.timeoutMs <= ofClass.timeoutMs
  );
}

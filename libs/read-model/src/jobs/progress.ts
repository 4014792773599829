import type { JobProgress } from './job.js';

/** Pages of a fill, as they are done. */
export interface ProgressMeter {
  readonly page: (position: bigint, events: number) => void;
  readonly now: (step: string) => JobProgress;
}

/** Counts events and foretells the end. Positions are taken to grow evenly with events. `clock` is in ms. */
export function measureProgress(end: bigint, clock: () => number): ProgressMeter {
  const began = clock();
  let first: bigint | undefined;
  let last = -1n;
  let events = 0;
  return {
    page: (position, count) => {
      first ??= position;
      last = position;
      events += count;
    },
    now: (step) => {
      const seconds = Math.max(clock() - began, 1) / 1_000;
      const perSecond = events / seconds;
      const way = first === undefined ? 0 : Number(last - first) / seconds;
      const secondsLeft = way > 0 ? Math.max(0, Math.round(Number(end - last) / way)) : null;
      return { step, position: String(last), events, eventsPerSecond: Math.round(perSecond), secondsLeft };
    },
  };
}

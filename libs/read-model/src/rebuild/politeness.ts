import { setTimeout as pause } from 'node:timers/promises';

/** How a build is filled beside others that follow the log, whose readers wait. */
export interface Politeness {
  /** Whether others commit: then one page is written before the next one is folded. */
  readonly isBusy: () => boolean;
  /** The most events of the next transaction. */
  readonly pageSize: () => number;
  /** After a page that took so long. */
  readonly rest: (tookMs: number, signal: AbortSignal) => Promise<void>;
}

/** A page is folded in one go, meanwhile nothing else in this process moves: beside others it must be short. */
const PAGE = 2_000;
const SHORT_PAGE = 100;
/** A transaction of somebody else may have made a page long: nobody gains from a rest as long as that. */
const LONGEST_REST_MS = 500;

/** At full speed. */
export const eager: Politeness = { isBusy: () => false, pageSize: () => PAGE, rest: () => Promise.resolve() };

/** While others commit, half of the time is theirs; at full speed when they are idle. */
export const polite = (isBusy: () => boolean): Politeness => ({
  isBusy,
  pageSize: () => (isBusy() ? SHORT_PAGE : PAGE),
  rest: async (tookMs, signal) => {
    if (isBusy()) await pause(Math.min(tookMs, LONGEST_REST_MS), undefined, { signal });
  },
});

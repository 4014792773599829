/** What follows a crash. */
export interface Restart {
  /** How often it crashed within the last minute, this time included. */
  readonly crashes: number;
  /** Milliseconds until it is started again. */
  readonly delayMs: number;
  /** It does not heal by itself: somebody must be told. */
  readonly keepsCrashing: boolean;
}

const window = 60_000;
const first = 250;
const longest = 15_000;
const tooOften = 5;

/** `crashes` and `now` in milliseconds of one clock; the last of `crashes` is the one that just happened. */
export function restartAfter(crashes: readonly number[], now: number): Restart {
  const recent = crashes.filter((at) => now - at < window).length;
  return {
    crashes: recent,
    delayMs: Math.min(longest, first * 2 ** Math.max(0, recent - 1)),
    keepsCrashing: recent >= tooOften,
  };
}

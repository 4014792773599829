import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly signal: AbortSignal;
  /** Told of every failure that is going to be tried again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Runs `work` until it says `done`, again after it failed, with growing pauses, until the signal aborts. `work` says by
 * `healthy()` that it got somewhere: then the next pause is short again.
 */
export async function persistently(
  work: (healthy: () => void) => Promise<'done' | 'again'>,
  { firstPauseMs, longestPauseMs, signal, onFailure }: Patience,
): Promise<void> {
  let wait = firstPauseMs;
  while (!signal.aborted) {
    try {
      if ((await work(() => (wait = firstPauseMs))) === 'done') return;
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error);
    }
    await pause(wait, undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 2, longestPauseMs);
  }
}

import { setTimeout as pause } from 'node:timers/promises';

/** What takes longer than this has work to do, and is asked less often. */
const SOON_MS = 5_000;
const SELDOM_MS = 500;

interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
  readonly whileItMoves?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries `attempt` until it does not throw, every `everyMs`. With `whileItMoves` time begins anew whenever the failure is told
 * in other words: who says how far it is may take as long as it needs.
 *
 * @throws Error with the last failure's words after `withinMs`, or when `signal` aborts
 */
export async function waitUntil(
  what: string,
  attempt: () => Promise<void>,
  { withinMs = 30_000, everyMs = 25, whileItMoves = false, signal }: Patience = {},
): Promise<void> {
  const clock = openClock(withinMs, whileItMoves);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      const { message } = error as Error;
      if (clock.isOver(message)) {
        throw new Error(`${what} was not so within ${withinMs / 1000} s: ${message.slice(0, 500)}`, {
          cause: error,
        });
      }
    }
    await pause(clock.isLong() ? SELDOM_MS : everyMs, undefined, { signal });
  }
}

function openClock(withinMs: number, whileItMoves: boolean) {
  const began = performance.now();
  let deadline = began + withinMs;
  let said = '';
  return {
    isLong: () => whileItMoves && performance.now() - began > SOON_MS,
    isOver: (message: string): boolean => {
      if (whileItMoves && message !== said) deadline = performance.now() + withinMs;
      said = message;
      return performance.now() > deadline;
    },
  };
}

import { setTimeout as pause } from 'node:timers/promises';

/**
 * Tries `attempt` until it does not throw, every `everyMs`.
 *
 * @throws Error with the last failure's words after `withinMs`, or when `signal` aborts
 */
export async function waitUntil(
  what: string,
  attempt: () => Promise<void>,
  {
    withinMs = 30_000,
    everyMs = 25,
    signal,
  }: { withinMs?: number; everyMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (performance.now() > deadline) {
        throw new Error(`${what} was not so within ${withinMs / 1000} s: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
    await pause(everyMs, undefined, { signal });
  }
}

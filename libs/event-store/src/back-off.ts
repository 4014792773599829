import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds to wait: doubling from `first` up to `most`, each with full jitter above a half (so no herd forms). */
export function backOffMs(attempt: number, first = 50, most = 1_000): number {
  const ceiling = Math.min(most, first * 2 ** Math.min(attempt, 20));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/** Milliseconds that one attempt may take: doubling a few times, for a slow server gets no faster by being asked again. */
export const morePatient = (ms: number, attempt: number): number => ms * 2 ** Math.min(attempt, 3);

/** Waits, or returns early when `signal` aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

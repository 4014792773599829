import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again until what is seen is good, and gives it; a look that throws is looked at again. */
export async function eventually<T>(
  look: () => Promise<T> | T,
  good: (seen: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await attempt(look);
    if ('value' in seen && good(seen.value)) return seen.value;
    if (performance.now() > deadline) {
      throw new Error(`not so within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    }
    await pause(10);
  }
}

async function attempt<T>(look: () => Promise<T> | T): Promise<{ value: T } | { error: string }> {
  try {
    return { value: await look() };
  } catch (error) {
    return { error: String(error) };
  }
}

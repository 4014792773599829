/**
 * Waits for all of them, also when one fails, and throws the first failure then: nothing is left behind that still runs
 * when its caller cleans up.
 */
export async function allOf<T extends readonly unknown[]>(works: {
  readonly [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(works);
  return await Promise.all(works);
}

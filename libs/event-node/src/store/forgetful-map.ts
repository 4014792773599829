/** A map that keeps at least the newest `capacity` entries, and at most twice as many. */
export interface ForgetfulMap<V> {
  readonly get: (key: string) => V | undefined;
  readonly set: (key: string, value: V) => void;
}

/**
 * Forgets a generation at a time: taking the oldest entry out of a Map one by one walks over the holes of all that went
 * before, which was the dearest part of an append.
 */
export function createForgetfulMap<V>(capacity: number): ForgetfulMap<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value) {
      young.set(key, value);
      if (young.size < capacity) return;
      old = young;
      young = new Map();
    },
  };
}

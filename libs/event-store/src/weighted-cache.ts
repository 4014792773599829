export interface WeightedCache<T> {
  readonly get: (key: string) => T | undefined;
  /** `weight` is a rough number of bytes. */
  readonly set: (key: string, value: T, weight: number) => void;
  readonly delete: (key: string) => void;
  readonly size: number;
  readonly weight: number;
}

/** Keeps what was used last, within a number of entries and a total weight. One entry alone may be heavier than that. */
export function weightedCache<T>(limits: {
  readonly entries: number;
  readonly weight: number;
}): WeightedCache<T> {
  const kept = new Map<string, { readonly value: T; readonly weight: number }>();
  let total = 0;

  function remove(key: string): void {
    total -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }

  function evict(): void {
    for (const key of kept.keys()) {
      const tooHeavy = total > limits.weight && kept.size > 1;
      if (kept.size <= limits.entries && !tooHeavy) return;
      remove(key);
    }
  }

  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.value;
    },
    set(key, value, weight) {
      remove(key);
      kept.set(key, { value, weight });
      total += weight;
      evict();
    },
    delete: remove,
    get size() {
      return kept.size;
    },
    get weight() {
      return total;
    },
  };
}

import type { EventStore } from './event-store.js';

/** A position that the log had reached before now. */
export interface Watermark {
  /**
   * At most about a second old: asks the store when nothing was seen for so long, once for all who ask meanwhile. `null` for
   * an empty log.
   */
  current(): Promise<bigint | null>;
  /** As far as this process knows. */
  known(): bigint | null;
  raise(position: bigint): void;
}

const FRESH_MS = 1_000;

/**
 * Tells a new event from an old one: an append that the store already has is answered with the old position, which is not
 * above what the log had reached before the append was sent.
 */
export function watermark(store: EventStore): Watermark {
  let reached: bigint | null = null;
  let seenAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  function raise(position: bigint): void {
    seenAt = performance.now();
    if (reached === null || position > reached) reached = position;
  }

  async function ask(): Promise<void> {
    for await (const last of store.readAll({ direction: 'backwards', limit: 1 })) raise(last.position);
  }

  return {
    raise,
    known: () => reached,
    async current() {
      if (performance.now() - seenAt > FRESH_MS) {
        asking ??= ask().finally(() => (asking = undefined));
        await asking;
      }
      return reached;
    },
  };
}

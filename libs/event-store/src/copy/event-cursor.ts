import type { RawEvent } from '../decode-record.js';

/** Events one by one, on demand. */
export interface EventCursor {
  /** Undefined at the end, and from then on. */
  readonly next: () => Promise<RawEvent | undefined>;
  readonly close: () => Promise<void>;
}

/** Takes the batches apart and leaves out what is not wanted; `keep` sees each event once, in order. */
export function eventCursor(
  batches: AsyncIterable<readonly RawEvent[]>,
  keep: (event: RawEvent) => boolean,
): EventCursor {
  const iterator = batches[Symbol.asyncIterator]();
  let batch: readonly RawEvent[] = [];
  let at = 0;
  return {
    async next() {
      for (;;) {
        for (; at < batch.length; at += 1) {
          const event = batch[at];
          if (event === undefined || !keep(event)) continue;
          at += 1;
          return event;
        }
        const more = await iterator.next();
        if (more.done === true) return undefined;
        batch = more.value;
        at = 0;
      }
    },
    close: async () => {
      await iterator.return?.(undefined);
    },
  };
}

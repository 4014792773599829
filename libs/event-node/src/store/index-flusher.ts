import type { LogEnd } from './record-run.js';
import type { StreamHeads } from './stream-heads.js';

/** Brings the index after the log: soon when idle, in large batches under load. */
export interface IndexFlusher {
  /** Something new is durable. */
  readonly poke: () => void;
  /** Writes all that is left; later pokes do nothing. */
  readonly close: () => Promise<void>;
}

export interface FlusherParts {
  readonly heads: StreamHeads;
  readonly end: () => LogEnd;
  readonly onFailure: (error: unknown) => void;
}

const FLUSH_EVENTS = 4096;
const FLUSH_MS = 250;

export function createIndexFlusher({ heads, end, onFailure }: FlusherParts): IndexFlusher {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const schedule = (): void => {
    if (closed) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      flush();
    }, FLUSH_MS);
  };
  const flush = (): void => {
    running ??= heads
      .flush(end())
      .catch(onFailure)
      .finally(() => {
        running = undefined;
        if (heads.fresh() > 0) schedule();
      });
  };

  return {
    poke() {
      if (heads.fresh() >= FLUSH_EVENTS) flush();
      schedule();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
      // What failed before goes first; the second flush takes what came since.
      await heads
        .flush(end())
        .then(() => heads.flush(end()))
        .catch(onFailure);
    },
  };
}

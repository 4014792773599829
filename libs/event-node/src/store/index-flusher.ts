import type { LogEnd } from './record-run.js';
import type { StreamHeads } from './stream-heads.js';

/** Brings the index after the log: soon when idle, in batches under load. */
export interface IndexFlusher {
  /** Something new is durable. */
  readonly poke: () => void;
  /** Writes all that is left; later pokes do nothing. */
  readonly close: () => void;
}

export interface FlusherParts {
  readonly heads: StreamHeads;
  readonly end: () => LogEnd;
  readonly onFailure: (error: unknown) => void;
}

/** Some milliseconds of work, which hold up everything else. */
const FLUSH_EVENTS = 2048;
const FLUSH_MS = 1_000;
const RETRY_MS = 2_000;

export function createIndexFlusher({ heads, end, onFailure }: FlusherParts): IndexFlusher {
  let timer: NodeJS.Timeout | undefined;
  let failed = false;
  let closed = false;

  const flush = (): void => {
    try {
      if (heads.fresh() > 0) heads.flush(end());
      failed = false;
    } catch (error) {
      failed = true;
      onFailure(error);
    }
  };
  const schedule = (): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        flush();
        if (failed && !closed) schedule();
      },
      failed ? RETRY_MS : FLUSH_MS,
    );
  };

  return {
    poke() {
      if (closed) return;
      if (heads.fresh() >= FLUSH_EVENTS && !failed) flush();
      schedule();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      flush();
    },
  };
}

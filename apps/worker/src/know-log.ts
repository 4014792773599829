import { StoreUnavailable } from '@stemma/event-store';
import { RELEASE } from '@stemma/observability';
import { ensureLog, type LogStore } from '@stemma/read-model';
import { setTimeout as pause } from 'node:timers/promises';

interface Said {
  warn(fields: object, message: string): unknown;
}

const AGAIN_MS = 1_000;

/**
 * The id of the log. A worker that starts while the event node is away waits for it, as one that works does.
 *
 * @throws what is wrong with a log that answers
 */
export async function knowLog(store: LogStore, log: Said, againMs = AGAIN_MS): Promise<string> {
  for (;;) {
    try {
      return await ensureLog(store, RELEASE);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      log.warn({ err: error }, 'waiting for the event store: is it running, and is EVENTSTORE_URL right?');
      await pause(againMs);
    }
  }
}

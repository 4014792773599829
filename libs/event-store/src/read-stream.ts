import type { Connection } from './connection.js';
import type { RawEvent } from './decode-record.js';
import type { ReadStreamOptions, RecordedEvent } from './event-store.js';
import { RawReads } from './raw-call.js';
import { batchesOf } from './read-ahead.js';
import { isOfApplication } from './read-log.js';
import { type Attempt, type Patience, untilEnd } from './until-end.js';

export interface ReadStreamParts {
  readonly connection: Connection;
  readonly recorded: (raw: RawEvent) => RecordedEvent;
  readonly patience: Patience;
}

const MANY = Number.MAX_SAFE_INTEGER;

/** `EventStore.readStream`. A cut call goes on behind the last event; gives up with `StoreUnavailable`. */
export function streamReading({ connection, recorded, patience }: ReadStreamParts) {
  return async function* (stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    const { direction = 'forwards', limit = MANY } = options;
    const step = direction === 'forwards' ? 1n : -1n;
    let { from } = options;

    async function* once(attempt: Attempt): AsyncGenerator<RawEvent[]> {
      const opening = RawReads.openStream(attempt.lease.client, { stream, direction, from, count: limit });
      for await (const batch of batchesOf(opening, attempt)) {
        connection.heard('read');
        yield batch;
        const last = batch.at(-1);
        if (last !== undefined) from = last.revision + step;
        attempt.came();
      }
      // A stream that is empty or missing is an answer too.
      connection.heard('read');
    }

    let given = 0;
    for await (const batch of untilEnd(connection, patience, { stream, once })) {
      for (const raw of batch) {
        if (!isOfApplication(raw)) continue;
        yield recorded(raw);
        given += 1;
        // Behind revision 0 there is nothing to ask for when reading backwards.
        if (given === limit || (step < 0n && raw.revision === 0n)) return;
      }
    }
  };
}

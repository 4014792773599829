import type { RawEvent } from './decode-record.js';
import type { ReadBatches, RecordedEvent } from './event-store.js';
import type { ReadRaw } from './read-raw.js';

/** `EventStore.readBatches`: the raw reader with JSON on demand. */
export function batchReading(readRaw: ReadRaw, recorded: (raw: RawEvent) => RecordedEvent): ReadBatches {
  return async function* (options) {
    for await (const batch of readRaw(options)) yield batch.map(recorded);
  };
}

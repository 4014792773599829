import type { RawEvent } from './decode-record.js';
import type { ReadAllOptions, ReadBatches, RecordedEvent } from './event-store.js';
import type { ReadLog } from './read-log.js';

type Recorded = (raw: RawEvent) => RecordedEvent;

const MANY = Number.MAX_SAFE_INTEGER;
/** Records of one call, and how many more than wanted are asked for since some are system events. */
const PAGE = 100_000;
const SPARE = 8;

/** `EventStore.readAll`. */
export function allReading(readLog: ReadLog, recorded: Recorded) {
  return async function* ({ limit = MANY, ...part }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    let given = 0;
    const page = (): number => Math.min(limit - given + SPARE, PAGE);
    for await (const batch of readLog({ ...part, page })) {
      for (const raw of batch) {
        yield recorded(raw);
        given += 1;
        if (given === limit) return;
      }
    }
  };
}

/** `EventStore.readBatches`. */
export function batchReading(readLog: ReadLog, recorded: Recorded): ReadBatches {
  return async function* (options = {}) {
    for await (const batch of readLog(options)) yield batch.map(recorded);
  };
}

/** Reads the position of the last record of the log, a system event perhaps; `null` for an empty log. */
export function endOfLogReading(readLog: ReadLog) {
  return async (): Promise<bigint | null> => {
    for await (const [last] of readLog({ direction: 'backwards', withSystem: true, page: () => 1 })) {
      if (last !== undefined) return last.position;
    }
    return null;
  };
}

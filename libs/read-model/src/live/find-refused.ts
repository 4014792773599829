import { inTransaction } from '../database/connect.js';
import { isDataFailure } from '../database/failures.js';
import type { RecordedEvent } from '../log/event-source.js';
import { type Exceptions, foldEvents, touchedBy } from '../projection/fold-events.js';
import { exceptionsOf, type WriterParts, type WriterState } from './writer-state.js';

/** As for every event, but that this stream counts as free. */
export function exceptionsBut(parts: WriterParts, state: WriterState, stream: string): Exceptions {
  const exceptions = exceptionsOf(parts, state);
  return { ...exceptions, isParked: (other) => other !== stream && exceptions.isParked(other) };
}

/** Of the events of a parked stream the one whose rows Postgres refuses, found one by one in a transaction that comes to nothing. */
export async function findRefused(
  parts: WriterParts,
  state: WriterState,
  stream: string,
  waiting: readonly RecordedEvent[],
): Promise<RecordedEvent | undefined> {
  const { sql, projection, rows } = parts;
  const exceptions = exceptionsBut(parts, state, stream);
  const nobody = new Error('nothing was refused');
  let tried: RecordedEvent | undefined;
  try {
    await inTransaction(sql, 'stemma_writer', async () => {
      for (const event of waiting) {
        tried = event;
        const set = await rows.open(touchedBy(projection, [event]).keys);
        foldEvents(projection, [event], set, exceptions);
        await rows.save(set.takeChanges());
      }
      throw nobody;
    });
  } catch (error) {
    if (error === nobody) return undefined;
    if (!isDataFailure(error)) throw error;
  } finally {
    rows.settle(false);
  }
  return tried;
}

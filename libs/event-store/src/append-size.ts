import type { BytesAppend, BytesEvent } from './batch-append/append-message.js';
import { AppendTooLarge } from './errors.js';
import type { ExpectedRevision, NewEvent } from './event-store.js';

/** Bytes of one append: the server's default limit of 1 MiB (HAZARDS H10), less what the server adds to each record. */
export const APPEND_LIMIT = 1024 * 1024 - 16 * 1024;

const RECORD_OVERHEAD = 64;

/** The append as bytes: made once, whatever is asked of its size and however often it is sent. */
export const appendOf = (
  stream: string,
  events: readonly NewEvent[],
  expected: ExpectedRevision,
): BytesAppend => ({ stream, events: events.map(bytesOf), expected });

const bytesOf = ({ id, type, data, metadata }: NewEvent): BytesEvent => ({
  id,
  type,
  isJson: true,
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from(JSON.stringify(metadata)),
});

/** The bytes of an append, about. Throws `AppendTooLarge` before anything is sent. */
export function sizeWithinLimit({ stream, events }: BytesAppend): number {
  const size = events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (size > APPEND_LIMIT) throw new AppendTooLarge(stream, size, APPEND_LIMIT);
  return size;
}

const sizeOf = ({ type, data, metadata }: BytesEvent): number =>
  data.length + metadata.length + 2 * type.length + RECORD_OVERHEAD;

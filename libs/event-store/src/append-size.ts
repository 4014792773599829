import { AppendTooLarge } from './errors.js';
import type { NewEvent } from './event-store.js';

/** Bytes of one append: the server's default limit of 1 MiB (HAZARDS H10), less what the server adds to each record. */
export const APPEND_LIMIT = 1024 * 1024 - 16 * 1024;

const RECORD_OVERHEAD = 64;

/** The bytes of an append, about. Throws `AppendTooLarge` before anything is sent. */
export function sizeWithinLimit(stream: string, events: readonly NewEvent[]): number {
  const size = events.reduce((sum, event) => sum + sizeOf(event), 0);
  if (size > APPEND_LIMIT) throw new AppendTooLarge(stream, size, APPEND_LIMIT);
  return size;
}

function sizeOf({ type, data, metadata }: NewEvent): number {
  return bytesOf(data) + bytesOf(metadata) + 2 * type.length + RECORD_OVERHEAD;
}

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

import type { LogTail } from './log-tail.js';
import {
  claimedLength,
  HEADER_BYTES,
  MAGIC_BYTES,
  parseRecord,
  type StoredRecord,
  TRAILER_BYTES,
} from './record.js';
import { SEGMENT_HEADER_BYTES, type SegmentFiles } from './segment-files.js';
import { DamagedLogError } from './store-errors.js';

/** Checked records by position; nothing at or beyond `end()` is ever read. */
export interface LogReader {
  /** First position after the last durable record. */
  readonly end: () => number;
  /** The record at exactly `position`. Throws {@link DamagedLogError} when it is not intact. */
  readonly at: (position: number, length: number) => StoredRecord;
  /** Whole records from the record start `position` on, in order, and where the next ones start; none at the end. */
  readonly forwards: (position: number) => Promise<Page>;
  /** Whole records before `position`, newest first, and the position to go on before; none at the start. */
  readonly backwards: (position: number) => Promise<Page>;
  /** The smallest record start at or after any position. */
  readonly seek: (position: number) => Promise<number>;
}

export interface Page {
  readonly records: readonly StoredRecord[];
  readonly next: number;
}

const CHUNK_BYTES = 256 * 1024;

export function createLogReader(files: SegmentFiles, tail: LogTail, end: () => number): LogReader {
  const segmentOf = (position: number): number => Math.floor(position / files.size);
  const endOf = (segment: number): number => Math.min(end(), segment * files.size + files.used(segment));
  const firstOf = (segment: number): number => segment * files.size + SEGMENT_HEADER_BYTES;

  /** By another thread: a scan that finds nothing to send would hold up all other calls else. */
  const chunk = async (position: number, length: number): Promise<Buffer> => {
    const bytes = Math.min(length, endOf(segmentOf(position)) - position);
    return tail.slice(position, bytes) ?? files.read(position, bytes);
  };

  /** Skips the unused rest of a segment; the result is below `end()` or the end itself. */
  const settle = (position: number): number => {
    const segment = segmentOf(position);
    if (position >= end()) return end();
    const within = Math.max(position, firstOf(segment));
    return within < endOf(segment) ? within : Math.min(end(), firstOf(segment + 1));
  };

  const forwards = async (from: number): Promise<Page> => {
    const position = settle(from);
    if (position >= end()) return { records: [], next: position };
    let bytes = await chunk(position, CHUNK_BYTES);
    const needed = claimedLength(bytes, 0);
    if (needed > bytes.length) bytes = await chunk(position, needed);
    return parseForwards(bytes, position);
  };

  const backwards = async (before: number): Promise<Page> => {
    if (before <= 0) return { records: [], next: 0 };
    const segment = segmentOf(Math.min(before, end()) - 1);
    const stop = Math.min(before, endOf(segment));
    if (stop <= firstOf(segment))
      return segment <= 0 ? { records: [], next: 0 } : backwards(segment * files.size);
    return parseBackwards(files, stop, firstOf(segment));
  };

  return {
    end,
    at(position, length) {
      const cached = tail.slice(position, length);
      const bytes = cached?.length === length ? cached : files.readSync(position, length);
      return parseRecord(bytes, 0, position) ?? damaged(position);
    },
    forwards,
    backwards,
    seek: (position) => seekRecord(position, { settle, chunk, end }),
  };
}

function damaged(position: number): never {
  throw new DamagedLogError(
    `The record at position ${position} is damaged and is not served. Run the log verification to see what else is, and restore from a backup.`,
  );
}

function parseForwards(bytes: Buffer, position: number): Page {
  const records: StoredRecord[] = [];
  let at = 0;
  while (at < bytes.length) {
    const record = parseRecord(bytes, at, position + at);
    if (record === undefined) {
      if (at > 0) break;
      damaged(position + at);
    }
    records.push(record);
    at += record.length;
  }
  return { records, next: position + at };
}

async function parseBackwards(files: SegmentFiles, stop: number, first: number): Promise<Page> {
  let start = Math.max(first, stop - CHUNK_BYTES);
  let bytes = await files.read(start, stop - start);
  const needed = bytes.length >= TRAILER_BYTES ? bytes.readUInt32LE(bytes.length - TRAILER_BYTES) : 0;
  if (needed > bytes.length && stop - needed >= first) {
    start = stop - needed;
    bytes = await files.read(start, needed);
  }
  const records: StoredRecord[] = [];
  let end = bytes.length;
  while (end > TRAILER_BYTES) {
    const at = end - bytes.readUInt32LE(end - TRAILER_BYTES);
    const record = at >= 0 ? parseRecord(bytes, at, start + at) : undefined;
    if (record === undefined || at + record.length !== end) {
      if (records.length > 0) break;
      damaged(start + end);
    }
    records.push(record);
    end = at;
  }
  return { records, next: start + end };
}

interface Seeking {
  readonly settle: (position: number) => number;
  readonly chunk: (position: number, length: number) => Promise<Buffer>;
  readonly end: () => number;
}

async function seekRecord(wanted: number, { settle, chunk, end }: Seeking): Promise<number> {
  for (let position = settle(wanted); position < end(); position = settle(position)) {
    const bytes = await chunk(position, CHUNK_BYTES);
    const at = firstStart(bytes, position);
    if (at >= 0) return position + at;
    position += Math.max(1, bytes.length - HEADER_BYTES);
  }
  return end();
}

function firstStart(bytes: Buffer, position: number): number {
  let at = bytes.indexOf(MAGIC_BYTES);
  while (at >= 0 && at + 14 <= bytes.length && bytes.readUIntLE(at + 8, 6) !== position + at) {
    at = bytes.indexOf(MAGIC_BYTES, at + 1);
  }
  return at >= 0 && at + 14 <= bytes.length ? at : -1;
}

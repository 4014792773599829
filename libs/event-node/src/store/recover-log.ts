import type { StagedEvent } from './append-group.js';
import {
  claimedLength,
  MAGIC_BYTES,
  parseRecord,
  recordId,
  recordStream,
  type StoredRecord,
  TOMBSTONE_REVISION,
  TRAILER_BYTES,
} from './record.js';
import type { LogEnd } from './record-run.js';
import { SEGMENT_HEADER_BYTES, type SegmentFiles } from './segment-files.js';
import { DamagedLogError } from './store-errors.js';

export interface Recovery {
  readonly end: LogEnd;
  /** Bytes of appends that were never acknowledged, cut off. */
  readonly cutBytes: number;
}

export const LOG_START: LogEnd = { position: SEGMENT_HEADER_BYTES, crc: 0 };

/**
 * Follows the log from where the index stopped: hands over every whole append and cuts off a torn end.
 * Throws {@link DamagedLogError} when what is not readable cannot be the torn end of the last flush.
 */
export function recoverLog(
  files: SegmentFiles,
  from: LogEnd,
  onAppend: (events: readonly StagedEvent[], end: LogEnd) => void,
): Recovery {
  checkJoin(files, from);
  let end = from;
  for (const append of wholeAppends(files, from)) {
    end = endOf(append);
    onAppend(append.map(toEvent), end);
  }
  const cutBytes = usedAfter(files, end.position);
  if (cutBytes > 0) {
    refuseDamage(files, end.position);
    cut(files, end.position);
  }
  return { end, cutBytes };
}

/** The records of one append after the other, from a record start on; stops at the first that is not whole. */
export function* wholeAppends(files: SegmentFiles, from: LogEnd): Generator<readonly StoredRecord[]> {
  let append: StoredRecord[] = [];
  let { position, crc } = from;
  for (;;) {
    const record = nextRecord(files, position, crc);
    if (record === undefined) return;
    append.push(record);
    ({ position, crc } = endOf([record]));
    if (!record.endsAppend) continue;
    yield append;
    append = [];
  }
}

function endOf(append: readonly StoredRecord[]): LogEnd {
  const last = append.at(-1);
  return last === undefined ? LOG_START : { position: last.position + last.length, crc: last.crc };
}

function nextRecord(files: SegmentFiles, position: number, crc: number): StoredRecord | undefined {
  const here = readRecord(files, position);
  if (here !== undefined) return here.previousCrc === crc ? here : undefined;
  const segment = Math.floor(position / files.size);
  if (segment + 1 >= files.count() || position % files.size < files.used(segment)) return undefined;
  const there = readRecord(files, (segment + 1) * files.size + SEGMENT_HEADER_BYTES);
  return there?.previousCrc === crc ? there : undefined;
}

function readRecord(files: SegmentFiles, position: number): StoredRecord | undefined {
  const segment = Math.floor(position / files.size);
  if (segment >= files.count()) return undefined;
  const length = claimedLength(files.readSync(position, 8), 0);
  const room = files.used(segment) - (position % files.size);
  return length === 0 || length > room
    ? undefined
    : parseRecord(files.readSync(position, length), 0, position);
}

/** The record before `from` must be the one that the index followed last. */
function checkJoin(files: SegmentFiles, from: LogEnd): void {
  if (from.position === LOG_START.position) return;
  const segment = Math.floor(from.position / files.size);
  const before = segment < files.count() ? recordBefore(files, from.position) : undefined;
  if (before?.crc === from.crc) return;
  throw new DamagedLogError(
    `The index has followed the log to position ${from.position}, but the record before that is damaged or another one. Run the log verification; if the records are sound (say, from a backup), remove the "index" directory and it is made anew, else restore the log.`,
  );
}

function recordBefore(files: SegmentFiles, position: number): StoredRecord | undefined {
  if ((position % files.size) - TRAILER_BYTES < SEGMENT_HEADER_BYTES) return undefined;
  const trailer = files.readSync(position - TRAILER_BYTES, TRAILER_BYTES);
  const length = trailer.length === TRAILER_BYTES ? trailer.readUInt32LE(0) : 0;
  return length > 0 && length < files.size ? readRecord(files, position - length) : undefined;
}

function toEvent(record: StoredRecord): StagedEvent {
  const { position, length, revision } = record;
  return {
    stream: recordStream(record),
    revision,
    tombstone: revision === TOMBSTONE_REVISION,
    id: recordId(record).toString('latin1'),
    place: { position, length },
  };
}

function usedAfter(files: SegmentFiles, position: number): number {
  const segment = Math.floor(position / files.size);
  let bytes = Math.max(0, files.used(segment) - (position % files.size));
  for (let later = segment + 1; later < files.count(); later += 1)
    bytes += files.used(later) - SEGMENT_HEADER_BYTES;
  return bytes;
}

/** A group behind the unreadable place was flushed after it: what is unreadable had been durable. */
function refuseDamage(files: SegmentFiles, position: number): void {
  for (const record of soundRecordsAfter(files, position)) {
    if (!record.startsGroup || record.position <= position) continue;
    throw new DamagedLogError(
      `The log is damaged at position ${position}: sound records follow at ${record.position}. The node does not start on it; run the log verification and restore from a backup.`,
    );
  }
}

/** Sound records wherever they start, also behind a place that cannot be read. */
export function* soundRecordsAfter(files: SegmentFiles, position: number): Generator<StoredRecord> {
  for (let segment = Math.floor(position / files.size); segment < files.count(); segment += 1) {
    const start = Math.max(position, segment * files.size + SEGMENT_HEADER_BYTES);
    const bytes = files.readSync(start, Math.max(0, segment * files.size + files.used(segment) - start));
    for (let at = bytes.indexOf(MAGIC_BYTES); at >= 0;) {
      const record = parseRecord(bytes, at, start + at);
      if (record !== undefined) yield record;
      at = bytes.indexOf(MAGIC_BYTES, at + (record?.length ?? 1));
    }
  }
}

function cut(files: SegmentFiles, position: number): void {
  const segment = Math.floor(position / files.size);
  files.truncate(position);
  for (let later = segment + 1; later < files.count(); later += 1) {
    files.truncate(later * files.size + SEGMENT_HEADER_BYTES);
  }
}

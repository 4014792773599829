import type { LogEnd } from './record-run.js';
import {
  claimedLength,
  MAGIC,
  parseRecord,
  recordId,
  recordStream,
  type StoredRecord,
  TOMBSTONE_REVISION,
} from './record.js';
import { SEGMENT_HEADER_BYTES, type SegmentFiles } from './segment-files.js';
import { DamagedLogError } from './store-errors.js';
import type { StagedEvent } from './append-group.js';

export interface Recovery {
  readonly end: LogEnd;
  /** Bytes of appends that were never acknowledged, cut off. */
  readonly cutBytes: number;
}

/**
 * Follows the log from where the index stopped: hands over every whole append and cuts off a torn end.
 * Throws {@link DamagedLogError} when what is not readable cannot be the torn end of the last flush.
 */
export function recoverLog(
  files: SegmentFiles,
  from: LogEnd,
  onEvent: (event: StagedEvent) => void,
): Recovery {
  const scan = scanAppends(files, from, (append) => append.forEach((record) => onEvent(toEvent(record))));
  const cutBytes = usedAfter(files, scan.position);
  if (cutBytes > 0) {
    refuseDamage(files, scan.position);
    cut(files, scan.position);
  }
  return { end: scan, cutBytes };
}

/** Walks whole appends from a record start on; returns where the last one ends. */
export function scanAppends(
  files: SegmentFiles,
  from: LogEnd,
  onAppend: (records: readonly StoredRecord[]) => void,
): LogEnd {
  let append: StoredRecord[] = [];
  let end = from;
  let { position, crc } = from;
  for (;;) {
    const record = nextRecord(files, position, crc);
    if (record === undefined) return end;
    append.push(record);
    position = record.position + record.length;
    crc = record.crc;
    if (!record.endsAppend) continue;
    onAppend(append);
    append = [];
    end = { position, crc };
  }
}

function nextRecord(files: SegmentFiles, position: number, crc: number): StoredRecord | undefined {
  const segment = Math.floor(position / files.size);
  const here = readRecord(files, position);
  if (here !== undefined) return here.previousCrc === crc ? here : undefined;
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

function toEvent(record: StoredRecord): StagedEvent {
  const { position, length, revision } = record;
  const tombstone = revision === TOMBSTONE_REVISION;
  return {
    stream: recordStream(record),
    revision,
    tombstone,
    id: recordId(record).toString('latin1'),
    place: { position, length },
  };
}

function usedAfter(files: SegmentFiles, position: number): number {
  const segment = Math.floor(position / files.size);
  let bytes = segment < files.count() ? Math.max(0, files.used(segment) - (position % files.size)) : 0;
  for (let later = segment + 1; later < files.count(); later += 1)
    bytes += files.used(later) - SEGMENT_HEADER_BYTES;
  return bytes;
}

/** A group behind the unreadable place was flushed after it: what is unreadable had been durable. */
function refuseDamage(files: SegmentFiles, position: number): void {
  for (const record of recordsAfter(files, position)) {
    if (record.startsGroup && record.position > position) {
      throw new DamagedLogError(
        `The log is damaged at position ${position}: sound records follow at ${record.position}. The node does not start on it; run the log verification and restore from a backup.`,
      );
    }
  }
}

function* recordsAfter(files: SegmentFiles, position: number): Generator<StoredRecord> {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(MAGIC);
  for (let segment = Math.floor(position / files.size); segment < files.count(); segment += 1) {
    const start = Math.max(position, segment * files.size + SEGMENT_HEADER_BYTES);
    const bytes = files.readSync(start, Math.max(0, segment * files.size + files.used(segment) - start));
    for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
      const record = parseRecord(bytes, at, start + at);
      if (record !== undefined) yield record;
    }
  }
}

function cut(files: SegmentFiles, position: number): void {
  const segment = Math.floor(position / files.size);
  files.truncate(position);
  for (let later = segment + 1; later < files.count(); later += 1)
    files.truncate(later * files.size + SEGMENT_HEADER_BYTES);
}

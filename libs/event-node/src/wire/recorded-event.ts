import type { ProposedEvent } from '../store/proposed-event.js';
import { formatUuid } from './uuid.js';
import { varintSize, writeVarint } from './varint.js';

/** Where and when an event was recorded. */
export interface Place {
  readonly name: Buffer;
  readonly revision: number;
  readonly position: number;
  readonly createdMs: number;
}

/** The first bytes of every recorded event: id as a string UUID. Structured ids replace exactly these. */
export const RECORDED_ID_BYTES = 40;

const KEY_TYPE = Buffer.from('type');
const KEY_CONTENT_TYPE = Buffer.from('content-type');
const KEY_CREATED = Buffer.from('created');

/** .NET ticks (100 ns) since 1970, as the client expects them in `created`. */
const createdTicks = (ms: number): Buffer => Buffer.from(`${ms}0000`, 'latin1');

const lengthDelimited = (bytes: number): number => 1 + varintSize(bytes) + bytes;
const mapEntrySize = (key: Buffer, value: Buffer): number =>
  lengthDelimited(lengthDelimited(key.length) + lengthDelimited(value.length));

/** Size of the RecordedEvent message that {@link writeRecordedEvent} writes. */
export function recordedEventSize(event: ProposedEvent, place: Place): number {
  return (
    RECORDED_ID_BYTES +
    lengthDelimited(lengthDelimited(place.name.length)) +
    1 +
    varintSize(place.revision) +
    2 * (1 + varintSize(place.position)) +
    mapEntrySize(KEY_TYPE, event.type) +
    mapEntrySize(KEY_CONTENT_TYPE, event.contentType) +
    mapEntrySize(KEY_CREATED, createdTicks(place.createdMs)) +
    lengthDelimited(event.metadata.length) +
    lengthDelimited(event.data.length)
  );
}

/** Writes the RecordedEvent message exactly as it will be sent to readers; returns the offset after it. */
export function writeRecordedEvent(
  target: Buffer,
  start: number,
  event: ProposedEvent,
  place: Place,
): number {
  let at = writeId(target, start, event.id);
  target[at++] = 0x12;
  at = writeVarint(target, at, lengthDelimited(place.name.length));
  at = writeBytes(target, at, 0x1a, place.name);
  at = writeNumber(target, at, 0x18, place.revision);
  at = writeNumber(target, at, 0x20, place.position);
  at = writeNumber(target, at, 0x28, place.position);
  at = writeMapEntry(target, at, KEY_TYPE, event.type);
  at = writeMapEntry(target, at, KEY_CONTENT_TYPE, event.contentType);
  at = writeMapEntry(target, at, KEY_CREATED, createdTicks(place.createdMs));
  at = writeBytes(target, at, 0x3a, event.metadata);
  return writeBytes(target, at, 0x42, event.data);
}

function writeId(target: Buffer, at: number, id: Buffer): number {
  target[at] = 0x0a;
  target[at + 1] = 38;
  target[at + 2] = 0x12;
  target[at + 3] = 36;
  target.write(formatUuid(id), at + 4, 36, 'latin1');
  return at + RECORDED_ID_BYTES;
}

function writeNumber(target: Buffer, at: number, tag: number, value: number): number {
  target[at] = tag;
  return writeVarint(target, at + 1, value);
}

function writeBytes(target: Buffer, at: number, tag: number, bytes: Buffer): number {
  const next = writeNumber(target, at, tag, bytes.length);
  bytes.copy(target, next);
  return next + bytes.length;
}

function writeMapEntry(target: Buffer, at: number, key: Buffer, value: Buffer): number {
  const entry = lengthDelimited(key.length) + lengthDelimited(value.length);
  const next = writeNumber(target, at, 0x32, entry);
  return writeBytes(target, writeBytes(target, next, 0x0a, key), 0x12, value);
}

import {
  type Cursor,
  lengthTag,
  numberTag,
  readBigNumber,
  readBytes,
  readEnd,
  readNumber,
  readText,
  skip,
} from './wire-reader.js';

/** An event with the very bytes that are stored: what hashing and copying need (HAZARDS H12). */
export interface RawEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly type: string;
  /** Whether the writer said that the data are JSON; nobody checked. */
  readonly isJson: boolean;
  readonly createdAt: Date;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

const RESPONSE_EVENT = lengthTag(1);
const RESPONSE_CAUGHT_UP = lengthTag(8);
const READ_EVENT_RECORD = lengthTag(1);
const ID = lengthTag(1);
const STREAM = lengthTag(2);
const REVISION = numberTag(3);
const COMMIT = numberTag(5);
const ENTRY = lengthTag(6);
const METADATA = lengthTag(7);
const DATA = lengthTag(8);
const ID_TEXT = lengthTag(2);
const STREAM_NAME = lengthTag(3);
const KEY = lengthTag(1);
const VALUE = lengthTag(2);

const TICKS_PER_MS = 10_000;
const NOTHING = Buffer.alloc(0);

/**
 * The event in a `ReadResp` message, or `undefined` for a message without one. By hand, for the generated decoder costs
 * more than the rest of a read. Throws a `RangeError` for bytes that are no such message.
 */
export function decodeRecord(bytes: Buffer): RawEvent | undefined {
  const cursor: Cursor = { bytes, at: 0 };
  if (!enter(cursor, bytes.length, RESPONSE_EVENT)) return undefined;
  const end = readEnd(cursor);
  if (!enter(cursor, end, READ_EVENT_RECORD)) return undefined;
  return recordAt(cursor, readEnd(cursor));
}

/** Whether a `ReadResp` message says that the end of the log was reached. */
export const isCaughtUp = (bytes: Buffer): boolean =>
  enter({ bytes, at: 0 }, bytes.length, RESPONSE_CAUGHT_UP);

/** Moves to the content of the first field with `wanted` as its tag; false when there is none before `end`. */
function enter(cursor: Cursor, end: number, wanted: number): boolean {
  while (cursor.at < end) {
    const tag = readNumber(cursor);
    if (tag === wanted) return true;
    skip(cursor, tag);
  }
  return false;
}

type Writable = { -readonly [Key in keyof RawEvent]: RawEvent[Key] };

function recordAt(cursor: Cursor, end: number): RawEvent {
  const record: Writable = {
    id: '',
    stream: '',
    revision: 0n,
    position: 0n,
    type: '',
    isJson: false,
    createdAt: new Date(0),
    data: NOTHING,
    metadata: NOTHING,
  };
  while (cursor.at < end) takeField(cursor, record);
  return record;
}

function takeField(cursor: Cursor, record: Writable): void {
  const tag = readNumber(cursor);
  switch (tag) {
    case ID:
      record.id = textIn(cursor, ID_TEXT);
      return;
    case STREAM:
      record.stream = textIn(cursor, STREAM_NAME);
      return;
    case REVISION:
      record.revision = readBigNumber(cursor);
      return;
    case COMMIT:
      record.position = BigInt(readNumber(cursor));
      return;
    case ENTRY:
      return takeEntry(cursor, record);
    case METADATA:
      record.metadata = readBytes(cursor);
      return;
    case DATA:
      record.data = readBytes(cursor);
      return;
    default:
      return skip(cursor, tag);
  }
}

/** One of the facts that the server keeps beside the event. */
function takeEntry(cursor: Cursor, record: Writable): void {
  const end = readEnd(cursor);
  const key = enter(cursor, end, KEY) ? readText(cursor) : '';
  const value = enter(cursor, end, VALUE) ? readText(cursor) : '';
  if (key === 'type') record.type = value;
  else if (key === 'content-type') record.isJson = value === 'application/json';
  else if (key === 'created') record.createdAt = new Date(Math.floor(Number(value) / TICKS_PER_MS));
  cursor.at = end;
}

/** The text of one field of the message that begins here. */
function textIn(cursor: Cursor, wanted: number): string {
  const end = readEnd(cursor);
  const text = enter(cursor, end, wanted) ? readText(cursor) : '';
  cursor.at = end;
  return text;
}

import type { RawEvent } from '../decode-record.js';
import { lengthTag, numberTag } from '../wire-reader.js';
import {
  beginField,
  fieldSize,
  numberSize,
  type Sheet,
  writeBytes,
  writeNumber,
  writeText,
} from './wire-writer.js';

/** What of an event a writer decides. */
export type BytesEvent = Pick<RawEvent, 'id' | 'type' | 'isJson' | 'data' | 'metadata'>;

/** One append, all or nothing, of events as bytes. */
export interface BytesAppend {
  readonly stream: string;
  readonly events: readonly BytesEvent[];
  readonly expected: bigint | 'no_stream' | 'stream_exists' | 'any';
}

const CORRELATION = lengthTag(1);
const OPTIONS = lengthTag(2);
const MESSAGE = lengthTag(3);
const IS_FINAL = numberTag(4);

const UUID_TEXT = lengthTag(2);
const UUID_LENGTH = 36;
const UUID_SIZE = fieldSize(UUID_LENGTH);

const STREAM = lengthTag(1);
const STREAM_NAME = lengthTag(3);
const REVISION = numberTag(2);
const EXPECTED = { no_stream: lengthTag(3), any: lengthTag(4), stream_exists: lengthTag(5) } as const;

const ID = lengthTag(1);
const FACT = lengthTag(2);
const METADATA = lengthTag(3);
const DATA = lengthTag(4);
const KEY = lengthTag(1);
const VALUE = lengthTag(2);
const TYPE = 'type';

/**
 * The message of one whole append. By hand, for the client's own encoder writes each event twice and its bytes through
 * base64, which costs more than all else of a command but its HTTP.
 */
export function encodeAppend(correlation: string, { stream, events, expected }: BytesAppend): Buffer {
  const name = Buffer.byteLength(stream);
  const options = fieldSize(fieldSize(name)) + expectedSize(expected);
  const planned = events.map(planOf);
  const messages = planned.reduce((sum, { size }) => sum + fieldSize(size), 0);
  const sheet = {
    bytes: Buffer.allocUnsafe(fieldSize(UUID_SIZE) + fieldSize(options) + messages + 2),
    at: 0,
  };
  writeUuid(sheet, CORRELATION, correlation);
  beginField(sheet, OPTIONS, options);
  beginField(sheet, STREAM, fieldSize(name));
  writeText(sheet, STREAM_NAME, stream, name);
  writeExpected(sheet, expected);
  for (const plan of planned) writeEvent(sheet, plan);
  writeNumber(sheet, IS_FINAL);
  writeNumber(sheet, 1);
  return sheet.bytes;
}

/** The id of a conversation on one call: a uuid that is a number, so that the answer is found without comparing texts. */
export const correlationOf = (count: number): string =>
  `00000000-0000-4000-0000-${count.toString(16).padStart(12, '0')}`;

function writeUuid(sheet: Sheet, tag: number, uuid: string): void {
  beginField(sheet, tag, UUID_SIZE);
  writeText(sheet, UUID_TEXT, uuid, UUID_LENGTH);
}

const expectedSize = (expected: BytesAppend['expected']): number =>
  typeof expected === 'bigint' ? 1 + numberSize(Number(expected)) : 2;

function writeExpected(sheet: Sheet, expected: BytesAppend['expected']): void {
  if (typeof expected !== 'bigint') return beginField(sheet, EXPECTED[expected], 0);
  writeNumber(sheet, REVISION);
  writeNumber(sheet, Number(expected));
}

/** An event and how many bytes what belongs to it takes. */
interface Plan {
  readonly event: BytesEvent;
  readonly typeLength: number;
  readonly typeFact: number;
  readonly contentType: Buffer;
  readonly size: number;
}

function planOf(event: BytesEvent): Plan {
  const { type, isJson, data, metadata } = event;
  const typeLength = Buffer.byteLength(type);
  const typeFact = fieldSize(TYPE.length) + fieldSize(typeLength);
  const contentType = isJson ? JSON_FACT : BYTES_FACT;
  const facts = fieldSize(typeFact) + contentType.length;
  const size = fieldSize(UUID_SIZE) + facts + fieldSize(metadata.length) + fieldSize(data.length);
  return { event, typeLength, typeFact, contentType, size };
}

function writeEvent(sheet: Sheet, { event, typeLength, typeFact, contentType, size }: Plan): void {
  beginField(sheet, MESSAGE, size);
  writeUuid(sheet, ID, event.id);
  beginField(sheet, FACT, typeFact);
  writeText(sheet, KEY, TYPE, TYPE.length);
  writeText(sheet, VALUE, event.type, typeLength);
  sheet.bytes.set(contentType, sheet.at);
  sheet.at += contentType.length;
  writeBytes(sheet, METADATA, event.metadata);
  writeBytes(sheet, DATA, event.data);
}

/** The fact of each event that says what its data are, whole. */
function contentTypeFact(value: string): Buffer {
  const key = 'content-type';
  const length = fieldSize(key.length) + fieldSize(value.length);
  const sheet = { bytes: Buffer.allocUnsafe(fieldSize(length)), at: 0 };
  beginField(sheet, FACT, length);
  writeText(sheet, KEY, key, key.length);
  writeText(sheet, VALUE, value, value.length);
  return sheet.bytes;
}

const JSON_FACT = contentTypeFact('application/json');
const BYTES_FACT = contentTypeFact('application/octet-stream');

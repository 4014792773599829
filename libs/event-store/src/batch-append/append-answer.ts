import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { AppendTooLarge, RevisionConflict, StoreUnavailable, StreamDeleted } from '../errors.js';
import {
  type Cursor,
  lengthTag,
  numberTag,
  readBigNumber,
  readEnd,
  readNumber,
  readText,
  skip,
} from '../wire-reader.js';
import type { BytesAppend } from './append-message.js';

/** Where the last event of an append stands; an older server answers a repeated one without a position. */
export interface Stored {
  readonly revision: bigint;
  readonly position: bigint | undefined;
}

/** What the server says to one append: where it is, or, somewhere in the bytes of the answer, why it is not. */
export interface AppendAnswer {
  readonly correlation: number;
  readonly stored: Stored | undefined;
  readonly bytes: Buffer;
}

const CORRELATION = lengthTag(1);
const SUCCESS = lengthTag(3);
const UUID_STRUCTURED = lengthTag(1);
const UUID_TEXT = lengthTag(2);
const LEAST_BITS = numberTag(2);
const REVISION = numberTag(1);
const POSITION = lengthTag(3);
const COMMIT = numberTag(1);

/** Where the number stands in a correlation id. */
const NUMBER_AT = 24;
/** What a server sends that knows no position. */
const NO_POSITION = 2n ** 63n;

/** By hand, as the request is. Throws a `RangeError` for bytes that are no such message. */
export function decodeAppendAnswer(bytes: Buffer): AppendAnswer {
  const cursor: Cursor = { bytes, at: 0 };
  let correlation = -1;
  let stored: Stored | undefined;
  while (cursor.at < bytes.length) {
    const tag = readNumber(cursor);
    if (tag === CORRELATION) correlation = correlationAt(cursor);
    else if (tag === SUCCESS) stored = storedAt(cursor);
    else skip(cursor, tag);
  }
  return { correlation, stored, bytes };
}

/** A server may answer with the id in its other form: two numbers, the second of which is ours. */
function correlationAt(cursor: Cursor): number {
  const end = readEnd(cursor);
  let found = -1;
  while (cursor.at < end) {
    const tag = readNumber(cursor);
    if (tag === UUID_TEXT) found = Number.parseInt(readText(cursor).slice(NUMBER_AT), 16);
    else if (tag === LEAST_BITS) found = readNumber(cursor);
    else if (tag !== UUID_STRUCTURED) skip(cursor, tag);
    else {
      readEnd(cursor);
      found = 0;
    }
  }
  return found;
}

function storedAt(cursor: Cursor): Stored | undefined {
  const end = readEnd(cursor);
  let revision: bigint | undefined;
  let position: bigint | undefined;
  while (cursor.at < end) {
    const tag = readNumber(cursor);
    if (tag === REVISION) revision = readBigNumber(cursor);
    else if (tag === POSITION) position = commitAt(cursor);
    else skip(cursor, tag);
  }
  return revision === undefined ? undefined : { revision, position };
}

/** A number that is 0 is not sent. */
function commitAt(cursor: Cursor): bigint | undefined {
  const end = readEnd(cursor);
  let commit = 0n;
  while (cursor.at < end) {
    const tag = readNumber(cursor);
    if (tag === COMMIT) commit = readBigNumber(cursor);
    else skip(cursor, tag);
  }
  return commit < NO_POSITION ? commit : undefined;
}

/** Why an append was not stored; `StoreUnavailable` when the server did not say so clearly. */
export function refusalOf(answer: Buffer, append: BytesAppend): Error {
  const error = streams.BatchAppendResp.deserializeBinary(answer).getError();
  const detail = error?.getDetails()?.getValue_asU8() ?? new Uint8Array();
  switch (error?.getDetails()?.getTypeName()) {
    case `${PACKAGE}.WrongExpectedVersion`:
      return conflict(append, detail);
    case `${PACKAGE}.StreamDeleted`:
      return new StreamDeleted(append.stream);
    case `${PACKAGE}.MaximumAppendSizeExceeded`:
      return tooLarge(append, detail);
    default:
      return new StoreUnavailable(`append to ${append.stream}`, new Error(error?.getMessage()));
  }
}

const PACKAGE = 'event_store.client';

function conflict({ stream, expected }: BytesAppend, detail: Uint8Array): RevisionConflict {
  const wrong = shared.WrongExpectedVersion.deserializeBinary(detail);
  const actual = wrong.hasCurrentStreamRevision() ? BigInt(wrong.getCurrentStreamRevision()) : null;
  return new RevisionConflict(stream, expected, actual);
}

function tooLarge({ stream, events }: BytesAppend, detail: Uint8Array): AppendTooLarge {
  const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  const limit = shared.MaximumAppendSizeExceeded.deserializeBinary(detail);
  return new AppendTooLarge(stream, size, limit.getMaxappendsize());
}

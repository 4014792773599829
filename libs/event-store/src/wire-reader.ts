/** A place in protobuf bytes. Moved by what reads from it. */
export interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

const TOO_SHORT = 'A message of the event store ends too early.';

/**
 * A whole number, as in tags, lengths, revisions and positions. Throws for one that a double cannot hold: a position is a
 * place in a file.
 */
export function readNumber(cursor: Cursor): number {
  const { bytes } = cursor;
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new RangeError(TOO_SHORT);
    cursor.at += 1;
    value += (byte & 127) * scale;
    if (byte < 128) break;
  }
  if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('The event store sends a number beyond 2^53.');
  return value;
}

/** A whole number of up to 64 bits, exactly: a tombstone's revision is 2^63 - 1. */
export function readBigNumber(cursor: Cursor): bigint {
  const start = cursor.at;
  let value = 0;
  let scale = 1;
  for (let byte = 128; byte >= 128; scale *= 128) {
    byte = nextByte(cursor);
    value += (byte & 127) * scale;
  }
  if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
  let exact = 0n;
  for (let at = cursor.at - 1; at >= start; at -= 1)
    exact = exact * 128n + BigInt((cursor.bytes[at] ?? 0) & 127);
  return exact;
}

function nextByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) throw new RangeError(TOO_SHORT);
  cursor.at += 1;
  return byte;
}

/** The end of the bytes or message that begin here, behind their length. */
export function readEnd(cursor: Cursor): number {
  const length = readNumber(cursor);
  const end = cursor.at + length;
  if (end > cursor.bytes.length) throw new RangeError(TOO_SHORT);
  return end;
}

export function readBytes(cursor: Cursor): Buffer {
  const end = readEnd(cursor);
  const start = cursor.at;
  cursor.at = end;
  return cursor.bytes.subarray(start, end);
}

export function readText(cursor: Cursor): string {
  const end = readEnd(cursor);
  const start = cursor.at;
  cursor.at = end;
  return cursor.bytes.toString('utf8', start, end);
}

/** Steps over a field of no interest. `tag` is what stood before it. */
export function skip(cursor: Cursor, tag: number): void {
  const wireType = tag & 7;
  if (wireType === 0) skipNumber(cursor);
  else if (wireType === 1) cursor.at += 8;
  else if (wireType === 2) cursor.at = readEnd(cursor);
  else if (wireType === 5) cursor.at += 4;
  else throw new RangeError(`A message of the event store has the unknown wire type ${wireType}.`);
}

/** Of any size: what is of no interest may be the largest there is. */
function skipNumber(cursor: Cursor): void {
  for (let byte = 128; byte >= 128;) byte = nextByte(cursor);
}

/** The tag of a field of bytes, text or message. */
export const lengthTag = (field: number): number => field * 8 + 2;
/** The tag of a field of a number. */
export const numberTag = (field: number): number => field * 8;

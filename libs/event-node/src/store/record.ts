import { crc32 } from 'node:zlib';

/**
 * One event on disk (little endian):
 *
 *   0 u32 magic       4 u32 length        8 u48 position   14 u16 flags
 *  16 u48 revision   22 u16 name length  24 u48 created ms 30 u16 type length
 *  32 u32 body crc   36 u32 previous record's header crc
 *  40 id (16)        56 sha256 of the body (32)
 *  88 u32 state      92 u32 header crc (over 0..88, name and type)
 *  96 name, type, body, u32 length
 *
 * The state word lies outside the checksum, so that erasing a body needs no rewrite of the header. The previous
 * record's crc chains the log: bytes left over from a failed write never pass for records.
 */
export const HEADER_BYTES = 96;
export const TRAILER_BYTES = 4;
const MAGIC = 0x31545645;
/** The magic as it stands in the file. */
export const MAGIC_BYTES = Buffer.from('EVT1', 'latin1');
const STATE_LIVE = 0x4556494c;
export const STATE_ERASED = 0x454e4f47;
export const STATE_AT = 88;

const CRC_AT = 92;
const ENDS_APPEND = 1;
const TOMBSTONE = 2;
const STARTS_GROUP = 4;

/** Revision of the `$streamDeleted` event, 2^63 - 1 on the wire; kept as the nearest number. */
export const TOMBSTONE_REVISION = 2 ** 63;

export interface RecordHead {
  readonly position: number;
  readonly length: number;
  readonly revision: number;
  readonly createdMs: number;
  readonly endsAppend: boolean;
  /** First record of a group that was flushed as one; all groups before it are durable. */
  readonly startsGroup: boolean;
  readonly erased: boolean;
  readonly crc: number;
  readonly previousCrc: number;
}

/** A checked record. `bytes` is the whole record; name, type and body are views into it. */
export interface StoredRecord extends RecordHead {
  readonly bytes: Buffer;
  readonly nameEnd: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

export interface RecordFields {
  readonly position: number;
  readonly revision: number;
  readonly createdMs: number;
  readonly endsAppend: boolean;
  readonly startsGroup: boolean;
  readonly previousCrc: number;
  readonly id: Buffer;
  readonly name: Buffer;
  readonly type: Buffer;
}

export const recordLength = (nameBytes: number, typeBytes: number, bodyBytes: number): number =>
  HEADER_BYTES + nameBytes + typeBytes + bodyBytes + TRAILER_BYTES;

export const bodyOffset = (fields: RecordFields): number =>
  HEADER_BYTES + fields.name.length + fields.type.length;

/**
 * Seals a record whose body is already at its place in `target` (see {@link bodyOffset}).
 * Returns the header crc, which the next record must name.
 */
export function sealRecord(target: Buffer, fields: RecordFields, hash: Buffer): number {
  const { name, type } = fields;
  const tombstone = fields.revision === TOMBSTONE_REVISION;
  const bodyStart = bodyOffset(fields);
  const bodyEnd = target.length - TRAILER_BYTES;
  target.writeUInt32LE(MAGIC, 0);
  target.writeUInt32LE(target.length, 4);
  target.writeUIntLE(fields.position, 8, 6);
  target.writeUInt16LE(flagsOf(fields, tombstone), 14);
  target.writeUIntLE(tombstone ? 0 : fields.revision, 16, 6);
  target.writeUInt16LE(name.length, 22);
  target.writeUIntLE(fields.createdMs, 24, 6);
  target.writeUInt16LE(type.length, 30);
  target.writeUInt32LE(crc32(target.subarray(bodyStart, bodyEnd)), 32);
  target.writeUInt32LE(fields.previousCrc, 36);
  fields.id.copy(target, 40);
  hash.copy(target, 56);
  target.writeUInt32LE(STATE_LIVE, STATE_AT);
  name.copy(target, HEADER_BYTES);
  type.copy(target, HEADER_BYTES + name.length);
  target.writeUInt32LE(target.length, bodyEnd);
  const crc = headerCrc(target, bodyStart);
  target.writeUInt32LE(crc, CRC_AT);
  return crc;
}

const flagsOf = (fields: RecordFields, tombstone: boolean): number =>
  (fields.endsAppend ? ENDS_APPEND : 0) |
  (tombstone ? TOMBSTONE : 0) |
  (fields.startsGroup ? STARTS_GROUP : 0);

const headerCrc = (bytes: Buffer, bodyStart: number): number =>
  crc32(bytes.subarray(HEADER_BYTES, bodyStart), crc32(bytes.subarray(0, STATE_AT)));

/** The length that the bytes at `at` claim, or 0 when no record can start there. */
export function claimedLength(chunk: Buffer, at: number): number {
  if (at + 8 > chunk.length || chunk.readUInt32LE(at) !== MAGIC) return 0;
  const length = chunk.readUInt32LE(at + 4);
  return length >= HEADER_BYTES + TRAILER_BYTES ? length : 0;
}

/** Reads and checks the record at `at`; undefined when anything about it is wrong (torn, flipped, stale). */
export function parseRecord(chunk: Buffer, at: number, position: number): StoredRecord | undefined {
  const length = claimedLength(chunk, at);
  if (length === 0 || at + length > chunk.length) return undefined;
  const bytes = chunk.subarray(at, at + length);
  const nameEnd = HEADER_BYTES + bytes.readUInt16LE(22);
  const bodyStart = nameEnd + bytes.readUInt16LE(30);
  const bodyEnd = length - TRAILER_BYTES;
  if (bodyStart > bodyEnd || bytes.readUIntLE(8, 6) !== position) return undefined;
  const crc = bytes.readUInt32LE(CRC_AT);
  if (crc !== headerCrc(bytes, bodyStart) || bytes.readUInt32LE(bodyEnd) !== length) return undefined;
  const state = bytes.readUInt32LE(STATE_AT);
  if (!bodyIsSound(bytes, state, bodyStart, bodyEnd)) return undefined;
  const flags = bytes.readUInt16LE(14);
  return {
    position,
    length,
    revision: (flags & TOMBSTONE) === 0 ? bytes.readUIntLE(16, 6) : TOMBSTONE_REVISION,
    createdMs: bytes.readUIntLE(24, 6),
    endsAppend: (flags & ENDS_APPEND) !== 0,
    startsGroup: (flags & STARTS_GROUP) !== 0,
    erased: state === STATE_ERASED,
    crc,
    previousCrc: bytes.readUInt32LE(36),
    bytes,
    nameEnd,
    bodyStart,
    bodyEnd,
  };
}

function bodyIsSound(bytes: Buffer, state: number, bodyStart: number, bodyEnd: number): boolean {
  if (state === STATE_ERASED) return true;
  return state === STATE_LIVE && crc32(bytes.subarray(bodyStart, bodyEnd)) === bytes.readUInt32LE(32);
}

export const recordId = (record: StoredRecord): Buffer => record.bytes.subarray(40, 56);
export const recordHash = (record: StoredRecord): Buffer => record.bytes.subarray(56, 88);
export const recordStream = (record: StoredRecord): string =>
  record.bytes.toString('utf8', HEADER_BYTES, record.nameEnd);
export const recordType = (record: StoredRecord): string =>
  record.bytes.toString('utf8', record.nameEnd, record.bodyStart);
export const recordBody = (record: StoredRecord): Buffer =>
  record.bytes.subarray(record.bodyStart, record.bodyEnd);

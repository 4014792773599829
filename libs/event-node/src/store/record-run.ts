import { hash } from 'node:crypto';
import { recordedEventSize, writeRecordedEvent } from '../wire/recorded-event.js';
import type { ProposedEvent } from './proposed-event.js';
import { bodyOffset, recordLength, sealRecord } from './record.js';
import { SEGMENT_HEADER_BYTES } from './segment-files.js';

/** Where the log ends: the next record goes to `position` and names `crc`. */
export interface LogEnd {
  readonly position: number;
  readonly crc: number;
}

/** Contiguous bytes for one segment. */
export interface Piece {
  readonly position: number;
  readonly bytes: Buffer;
}

/** Encodes records one behind the other, from a given end of the log on. */
export interface RecordRun {
  /** Returns the record's position. */
  readonly add: (stream: string, revision: number, event: ProposedEvent, endsAppend: boolean) => number;
  readonly bytes: () => number;
  readonly pieces: () => readonly Piece[];
  readonly end: () => LogEnd;
}

interface OpenPiece {
  readonly position: number;
  readonly parts: Buffer[];
}

export function createRecordRun(from: LogEnd, segmentSize: number, createdMs: number): RecordRun {
  const open: OpenPiece[] = [];
  let end = from;
  let size = 0;
  return {
    add(stream, revision, event, endsAppend) {
      const name = Buffer.from(stream);
      const position = placeFor(end.position, segmentSize, largestRecord(name, revision, event));
      if (position !== end.position || open.length === 0) open.push({ position, parts: [] });
      const place = { name, revision, position, createdMs };
      const fields = {
        ...place,
        endsAppend,
        startsGroup: size === 0,
        previousCrc: end.crc,
        id: event.id,
        type: event.type,
      };
      const body = recordedEventSize(event, place);
      const bytes = Buffer.allocUnsafe(recordLength(name.length, event.type.length, body));
      const start = bodyOffset(fields);
      writeRecordedEvent(bytes, start, event, place);
      const crc = sealRecord(bytes, fields, hash('sha256', bytes.subarray(start, start + body), 'buffer'));
      open.at(-1)?.parts.push(bytes);
      end = { position: position + bytes.length, crc };
      size += bytes.length;
      return position;
    },
    bytes: () => size,
    pieces: () => open.map(({ position, parts }) => ({ position, bytes: Buffer.concat(parts) })),
    end: () => end,
  };
}

/** The position is part of the record and decides its size a little: room is made for the largest. */
function largestRecord(name: Buffer, revision: number, event: ProposedEvent): number {
  const place = { name, revision, position: 2 ** 48, createdMs: 2 ** 47 };
  return recordLength(name.length, event.type.length, recordedEventSize(event, place));
}

/** The end of the log, or the start of the next segment when the record does not fit. */
function placeFor(position: number, segmentSize: number, length: number): number {
  if ((position % segmentSize) + length <= segmentSize) return position;
  return Math.ceil(position / segmentSize) * segmentSize + SEGMENT_HEADER_BYTES;
}

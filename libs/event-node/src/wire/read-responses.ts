import { recordBody, recordId, type StoredRecord } from '../store/record.js';
import {
  bigField,
  bytesField,
  emptyField,
  numberField,
  positionMessage,
  streamIdentifier,
  textField,
} from './message-bytes.js';
import { RECORDED_ID_BYTES } from './recorded-event.js';
import { varintSize, writeVarint } from './varint.js';

export const confirmationResponse = (id: string): Buffer => bytesField(2, textField(1, id));
export const checkpointResponse = (position: number): Buffer => bytesField(3, positionMessage(position));
export const streamNotFoundResponse = (stream: string): Buffer =>
  bytesField(4, bytesField(1, streamIdentifier(stream)));
export const firstRevisionResponse = (revision: number): Buffer => numberField(5, revision);
export const lastRevisionResponse = (revision: number): Buffer => numberField(6, revision);
export const caughtUpResponse = (): Buffer => emptyField(8);
export const fellBehindResponse = (): Buffer => emptyField(9);

/** ReadResp with the stored bytes of the event as they are (HAZARDS E4); one allocation, one copy. */
export function eventResponse(record: StoredRecord): Buffer {
  const { bytes, bodyStart, bodyEnd, position } = record;
  const body = bodyEnd - bodyStart;
  const inner = 1 + varintSize(body) + body + 1 + varintSize(position);
  const target = Buffer.allocUnsafe(1 + varintSize(inner) + inner);
  target[0] = 0x0a;
  let at = writeVarint(target, 1, inner);
  target[at] = 0x0a;
  at = writeVarint(target, at + 1, body);
  bytes.copy(target, at, bodyStart, bodyEnd);
  at += body;
  target[at] = 0x18;
  writeVarint(target, at + 1, position);
  return target;
}

export interface ResolvedRecord {
  /** The event that a link points to; undefined when it is gone. */
  readonly event: StoredRecord | undefined;
  readonly link: StoredRecord | undefined;
}

/** ReadResp for the rarer cases: links, and ids in their structured form. */
export function resolvedResponse({ event, link }: ResolvedRecord, structuredIds: boolean): Buffer {
  const body = (record: StoredRecord): Buffer =>
    structuredIds ? withStructuredId(record) : recordBody(record);
  const position = (link ?? event)?.position ?? 0;
  const parts = [
    ...(event === undefined ? [] : [bytesField(1, body(event))]),
    ...(link === undefined ? [] : [bytesField(2, body(link))]),
    bigField(3, BigInt(position)),
  ];
  return bytesField(1, Buffer.concat(parts));
}

function withStructuredId(record: StoredRecord): Buffer {
  const id = recordId(record);
  const structured = Buffer.concat([bigField(1, id.readBigUInt64BE(0)), bigField(2, id.readBigUInt64BE(8))]);
  return Buffer.concat([
    bytesField(1, bytesField(1, structured)),
    recordBody(record).subarray(RECORDED_ID_BYTES),
  ]);
}

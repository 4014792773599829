import type { Expected, ProposedEvent } from '../store/proposed-event.js';
import { MalformedMessage, readFields } from './read-fields.js';
import { parseUuid } from './uuid.js';
import { readBigVarint } from './varint.js';

/** Names and types longer than this do not fit a record. */
export const MAX_NAME_BYTES = 16_384;

export interface AppendTarget {
  readonly stream: string;
  readonly expected: Expected;
  /** Unix ms. */
  readonly deadline: number | undefined;
}

/** One message of the unary append: first the target, then one event each. */
export type AppendMessage =
  | { readonly kind: 'target'; readonly target: AppendTarget }
  | { readonly kind: 'event'; readonly event: ProposedEvent };

/** One message of the batch append; the parts of one batch share a correlation id. */
export interface BatchMessage {
  /** UUID message, as the answer has to carry it. */
  readonly correlation: Buffer;
  readonly target: AppendTarget | undefined;
  readonly events: readonly ProposedEvent[];
  readonly isFinal: boolean;
}

export function decodeAppendMessage(bytes: Buffer): AppendMessage {
  let message: AppendMessage | undefined;
  readFields(bytes, 0, bytes.length, (field, start, end) => {
    if (field === 1) message = { kind: 'target', target: decodeTarget(bytes, start, end) };
    if (field === 2) message = { kind: 'event', event: decodeEvent(bytes, start, end) };
  });
  if (message === undefined) throw new MalformedMessage();
  return message;
}

export function decodeBatchMessage(bytes: Buffer): BatchMessage {
  const events: ProposedEvent[] = [];
  let correlation = bytes.subarray(0, 0);
  let target: AppendTarget | undefined;
  let isFinal = false;
  readFields(bytes, 0, bytes.length, (field, start, end, value) => {
    if (field === 1) correlation = bytes.subarray(start, end);
    else if (field === 2) target = decodeTarget(bytes, start, end);
    else if (field === 3) events.push(decodeEvent(bytes, start, end));
    else if (field === 4) isFinal = value !== 0;
  });
  return { correlation, target, events, isFinal };
}

function decodeTarget(bytes: Buffer, from: number, to: number): AppendTarget {
  let stream = '';
  let expected: Expected = 'any';
  let deadline: number | undefined;
  readFields(bytes, from, to, (field, start, end) => {
    if (field === 1) stream = decodeStreamName(bytes, start, end);
    else if (field === 2) expected = readBigVarint(bytes, start);
    else if (field === 3) expected = 'no_stream';
    else if (field === 5) expected = 'stream_exists';
    else if (field === 6) deadline = decodeTimestamp(bytes, start, end);
  });
  return { stream, expected, deadline };
}

function decodeStreamName(bytes: Buffer, from: number, to: number): string {
  let name = '';
  readFields(bytes, from, to, (field, start, end) => {
    if (field === 3) name = bytes.toString('utf8', start, end);
  });
  return name;
}

function decodeTimestamp(bytes: Buffer, from: number, to: number): number {
  let ms = 0;
  readFields(bytes, from, to, (field, _start, _end, value) => {
    if (field === 1) ms += value * 1000;
    if (field === 2) ms += value / 1e6;
  });
  return ms;
}

const NOTHING = Buffer.alloc(0);

function decodeEvent(bytes: Buffer, from: number, to: number): ProposedEvent {
  let id: Buffer | undefined;
  let data: Buffer = NOTHING;
  let metadata: Buffer = NOTHING;
  const entries = new Map<string, Buffer>();
  readFields(bytes, from, to, (field, start, end) => {
    if (field === 1) id = decodeUuid(bytes, start, end);
    else if (field === 2) decodeEntry(bytes, start, end, entries);
    else if (field === 3) metadata = bytes.subarray(start, end);
    else if (field === 4) data = bytes.subarray(start, end);
  });
  if (id === undefined) throw new MalformedMessage();
  return {
    id,
    type: entries.get('type') ?? NOTHING,
    contentType: entries.get('content-type') ?? NOTHING,
    data,
    metadata,
  };
}

function decodeEntry(bytes: Buffer, from: number, to: number, entries: Map<string, Buffer>): void {
  let key = '';
  let value: Buffer = NOTHING;
  readFields(bytes, from, to, (field, start, end) => {
    if (field === 1) key = bytes.toString('latin1', start, end);
    if (field === 2) value = bytes.subarray(start, end);
  });
  entries.set(key, value);
}

function decodeUuid(bytes: Buffer, from: number, to: number): Buffer | undefined {
  let id: Buffer | undefined;
  readFields(bytes, from, to, (field, start, end) => {
    if (field === 1) id = decodeStructured(bytes, start, end);
    if (field === 2) id = parseUuid(bytes.toString('latin1', start, end));
  });
  return id;
}

function decodeStructured(bytes: Buffer, from: number, to: number): Buffer {
  const id = Buffer.alloc(16);
  readFields(bytes, from, to, (field, start) => {
    if (field === 1) id.writeBigUInt64BE(readBigVarint(bytes, start), 0);
    if (field === 2) id.writeBigUInt64BE(readBigVarint(bytes, start), 8);
  });
  return id;
}

import { varintSize, writeVarint } from './varint.js';

/** A length-delimited field: tag, length, content. */
export function bytesField(field: number, content: Buffer): Buffer {
  const target = Buffer.allocUnsafe(1 + varintSize(content.length) + content.length);
  target[0] = field * 8 + 2;
  content.copy(target, writeVarint(target, 1, content.length));
  return target;
}

/** A varint field; `value` may be 2^63 for 2^63 - 1. */
export function numberField(field: number, value: number): Buffer {
  const target = Buffer.allocUnsafe(1 + varintSize(value));
  target[0] = field * 8;
  writeVarint(target, 1, value);
  return target;
}

/** A varint field of any unsigned 64-bit value. */
export function bigField(field: number, value: bigint): Buffer {
  const bytes = [field * 8];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const EMPTY = Buffer.alloc(0);
export const emptyField = (field: number): Buffer => bytesField(field, EMPTY);
export const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text));

/** Position messages have commit in field 1 and prepare in field 2; with us they are one number. */
export const positionMessage = (position: number): Buffer =>
  Buffer.concat([numberField(1, position), numberField(2, position)]);

/** StreamIdentifier message. */
export const streamIdentifier = (stream: string): Buffer => textField(3, stream);

/** Unsigned base-128 varints of protobuf, for numbers up to 2^53 and the one special value 2^63 (sent as 2^63 - 1). */
const LARGEST = 2 ** 63;

export function varintSize(value: number): number {
  if (value < 128) return 1;
  if (value < 16384) return 2;
  if (value >= LARGEST) return 9;
  let size = 2;
  for (let rest = Math.floor(value / 16384); rest > 0; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Returns the offset after the varint. */
export function writeVarint(target: Buffer, at: number, value: number): number {
  if (value >= LARGEST) return writeLargest(target, at);
  let rest = value;
  let next = at;
  while (rest >= 2 ** 31) {
    target[next++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  while (rest > 127) {
    target[next++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  target[next++] = rest;
  return next;
}

function writeLargest(target: Buffer, at: number): number {
  target.fill(0xff, at, at + 8);
  target[at + 8] = 0x7f;
  return at + 9;
}

/** Reads a varint of up to 64 bits exactly; for places where a plain number would round. */
export function readBigVarint(bytes: Buffer, start: number): bigint {
  let value = 0n;
  for (let at = start, shift = 0n; at < bytes.length && shift < 70n; at += 1, shift += 7n) {
    const byte = bytes[at] ?? 0;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) break;
  }
  return BigInt.asUintN(64, value);
}

/** Thrown for bytes that are not a protobuf message. */
export class MalformedMessage extends Error {
  constructor() {
    super('The request is not a well-formed protobuf message.');
  }
}

/**
 * One field of a message: for varints `value` is the number (rounded beyond 2^53) and start..end its bytes,
 * for length-delimited fields start..end is the content.
 */
export type FieldVisitor = (field: number, start: number, end: number, value: number) => void;

/** Walks the fields of the message in `bytes[start, end)`; unknown wire types end in {@link MalformedMessage}. */
export function readFields(bytes: Buffer, start: number, end: number, visit: FieldVisitor): void {
  let at = start;
  while (at < end) {
    const tagEnd = varintEnd(bytes, at, end);
    const tag = varintValue(bytes, at, tagEnd);
    at = readField(bytes, tagEnd, end, tag, visit);
  }
}

function readField(bytes: Buffer, at: number, end: number, tag: number, visit: FieldVisitor): number {
  const field = Math.floor(tag / 8);
  switch (tag % 8) {
    case 0: {
      const next = varintEnd(bytes, at, end);
      visit(field, at, next, varintValue(bytes, at, next));
      return next;
    }
    case 1:
      return within(at + 8, end);
    case 2: {
      const contentStart = varintEnd(bytes, at, end);
      const contentEnd = within(contentStart + varintValue(bytes, at, contentStart), end);
      visit(field, contentStart, contentEnd, 0);
      return contentEnd;
    }
    case 5:
      return within(at + 4, end);
    default:
      throw new MalformedMessage();
  }
}

function within(at: number, end: number): number {
  if (at > end) throw new MalformedMessage();
  return at;
}

function varintEnd(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end, start + 10);
  for (let at = start; at < limit; at += 1) {
    if ((bytes[at] ?? 0) < 128) return at + 1;
  }
  throw new MalformedMessage();
}

function varintValue(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let at = start; at < end; at += 1) {
    value += ((bytes[at] ?? 0) & 127) * scale;
    scale *= 128;
  }
  return value;
}

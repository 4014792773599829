/** Bytes that are being filled, and how far they are. */
export interface Sheet {
  readonly bytes: Buffer;
  at: number;
}

/** The bytes of a whole number below 2^53. */
export function numberSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** The bytes of a field of `length` bytes, text or message; its number is below 16, so its tag is one byte. */
export const fieldSize = (length: number): number => 1 + numberSize(length) + length;

export function writeNumber(sheet: Sheet, value: number): void {
  const { bytes } = sheet;
  let rest = value;
  while (rest >= 128) {
    bytes[sheet.at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[sheet.at++] = rest;
}

/** Begins a field of `length` bytes: the content follows. */
export function beginField(sheet: Sheet, tag: number, length: number): void {
  sheet.bytes[sheet.at++] = tag;
  writeNumber(sheet, length);
}

export function writeBytes(sheet: Sheet, tag: number, content: Uint8Array): void {
  beginField(sheet, tag, content.length);
  sheet.bytes.set(content, sheet.at);
  sheet.at += content.length;
}

/** `length` in bytes of UTF-8. */
export function writeText(sheet: Sheet, tag: number, text: string, length: number): void {
  beginField(sheet, tag, length);
  sheet.at += sheet.bytes.write(text, sheet.at, length);
}

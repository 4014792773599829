import type { ByteRange } from '@stemma/blob-store';

/** The bytes that a `Range` asks for; `whole` where it says nothing that is understood, as RFC 9110 wants it. */
export type AskedRange = 'whole' | 'none' | Required<ByteRange>;

const form = /^bytes=(?:(?<start>\d{1,15})-(?<end>\d{0,15})|-(?<count>\d{1,15}))$/;

/** One range of bytes; several at once are answered with all of it. `size` in bytes. */
export function askedRange(header: string | undefined, size: number): AskedRange {
  const found = form.exec(header?.trim() ?? '')?.groups;
  if (found === undefined) return 'whole';
  if (found['count'] !== undefined) return lastBytes(Number(found['count']), size);
  const start = Number(found['start']);
  const end = found['end'] === '' ? Infinity : Number(found['end']);
  if (end < start) return 'whole';
  return start < size ? { start, end: Math.min(end, size - 1) } : 'none';
}

const lastBytes = (count: number, size: number): AskedRange =>
  count === 0 || size === 0 ? 'none' : { start: Math.max(0, size - count), end: size - 1 };

import { createHash } from 'node:crypto';
import type { BytesEvent } from '../batch-append/append-message.js';

/** A system event by its `$`: no reader of application events sees it. */
export const FILLER = '$filler';

const NOTHING = Buffer.alloc(0);
const EMPTY_OBJECT = Buffer.from('{}');

/** Stand-ins for the revisions from `first` to before `end`, at most `most` of them; the same ones each time. */
export function fillersFor(stream: string, first: bigint, end: bigint, most: number): BytesEvent[] {
  const count = Math.min(most, Number(end - first));
  return Array.from({ length: count }, (_, index) => ({
    id: fillerId(stream, first + BigInt(index)),
    type: FILLER,
    isJson: true,
    data: EMPTY_OBJECT,
    metadata: NOTHING,
  }));
}

/** A uuid of version 8 (RFC 9562), from the place alone. */
function fillerId(stream: string, revision: bigint): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([FILLER, stream, String(revision)]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

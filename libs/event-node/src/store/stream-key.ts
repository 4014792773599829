import { hash } from 'node:crypto';

/** 16 bytes that stand for a stream name of any length in the index. */
export const streamKey = (name: string): Buffer => hash('sha256', name, 'buffer').subarray(0, 16);

/** Key of one revision of a stream; revisions of a stream lie in order. */
export function revisionKey(key: Buffer, revision: number): Buffer {
  const bytes = Buffer.allocUnsafe(22);
  key.copy(bytes);
  bytes.writeUIntBE(revision, 16, 6);
  return bytes;
}

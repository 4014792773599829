import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { blobKeyOf } from './blob-key.js';
import { BlobFault } from './blob-store.js';

/**
 * Passes the bytes on and ends in a `BlobFault` when they turn out not to be those of `sha256`. Whoever loses interest before
 * the first byte lets go of the source, too; what happens to it before is told when it is read.
 */
export function checkedAgainst(sha256: string, bytes: Readable): Readable {
  async function* checked(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== sha256) throw corrupt(sha256);
  }
  bytes.on('error', () => undefined);
  return Readable.from(checked(), { objectMode: false }).once('close', () => bytes.destroy());
}

/** The bytes, when they are those of `sha256`. Throws a `BlobFault` when they are not. */
export function wholeOf(sha256: string, bytes: Buffer): Buffer {
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw corrupt(sha256);
}

const corrupt = (sha256: string): BlobFault =>
  new BlobFault(
    'corrupt',
    `The bytes of blob ${blobKeyOf(sha256)} have changed on disk: restore it from a backup.`,
  );

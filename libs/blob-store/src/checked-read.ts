import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { keyOf } from './blob-key.js';
import { BlobFault } from './blob-store.js';

/** Passes the bytes on and ends in a `BlobFault` when they turn out not to be those of `sha256`. */
export function checkedAgainst(sha256: string, bytes: Readable): Readable {
  async function* checked(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== sha256) {
      throw new BlobFault(
        'corrupt',
        `The bytes of blob ${keyOf(sha256)} have changed on disk: restore it from a backup.`,
      );
    }
  }
  return Readable.from(checked(), { objectMode: false });
}

import { Readable } from 'node:stream';
import type { Blob, BlobWriter } from './blob-store.js';

/** Writes a blob as a whole; leaves nothing behind when its source breaks. */
export async function putBlob(
  openWriter: () => Promise<BlobWriter>,
  bytes: Uint8Array | Readable,
): Promise<Blob> {
  // A source may break before it is read; an error that nobody listens for ends the process.
  if (bytes instanceof Readable) bytes.on('error', () => undefined);
  const writer = await openWriter();
  try {
    const chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> =
      bytes instanceof Readable ? bytes : [bytes];
    for await (const chunk of chunks) await writer.write(chunk);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return writer.close();
}

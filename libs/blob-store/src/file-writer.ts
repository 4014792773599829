import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { blobKeyOf } from './blob-key.js';
import type { Blob, BlobWriter } from './blob-store.js';

/** Where a blob that is whole, in a file of this machine that is on disk, is put under its name. */
export type KeepFile = (path: string, blob: Blob) => Promise<void>;

/**
 * Writes to a file in `incoming`, hashing on the way; `close` flushes it and hands it to `keep`: a blob is whole or
 * absent after a power cut. Bytes that are there already are kept again, so that they count as young for retention.
 */
export async function openFileWriter(incoming: string, keep: KeepFile): Promise<BlobWriter> {
  const path = join(incoming, randomUUID());
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let size = 0;

  async function abort(): Promise<void> {
    await file.close();
    await rm(path, { force: true });
  }

  async function write(chunk: Uint8Array): Promise<void> {
    hash.update(chunk);
    size += chunk.byteLength;
    await writeWhole(file, chunk);
  }

  async function close(): Promise<Blob> {
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    const sha256 = hash.digest('hex');
    const blob = { key: blobKeyOf(sha256), sha256, size };
    try {
      await keep(path, blob);
    } finally {
      await rm(path, { force: true });
    }
    return blob;
  }

  return Object.freeze({ write, close, abort });
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength;) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
  }
}

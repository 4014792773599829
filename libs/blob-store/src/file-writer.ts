import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keyOf } from './blob-key.js';
import type { Blob, BlobWriter } from './blob-store.js';

/**
 * Writes to `incoming/`, hashing on the way; `close` flushes, renames to the name of the content and flushes the
 * directory: a blob is whole or absent after a power cut. The name is taken over even when it exists, so that bytes
 * stored again count as young for retention.
 */
export async function openFileWriter(root: string, incoming: string): Promise<BlobWriter> {
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
    const key = keyOf(sha256);
    await moveDurably(path, join(root, key));
    return { key, sha256, size };
  }

  return Object.freeze({ write, close, abort });
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.byteLength;) {
    const { bytesWritten } = await file.write(chunk, offset);
    offset += bytesWritten;
  }
}

async function moveDurably(from: string, to: string): Promise<void> {
  const shelf = dirname(to);
  const made = await mkdir(shelf, { recursive: true, mode: 0o700 });
  await rename(from, to);
  await flushDirectory(shelf);
  if (made !== undefined) await flushDirectory(dirname(shelf));
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

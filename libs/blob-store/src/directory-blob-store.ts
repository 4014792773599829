import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { keyOf, sha256Of } from './blob-key.js';
import { BlobFault } from './blob-store.js';
import type { Blob, BlobStore, BlobWriter, ByteRange, StoredBlob } from './blob-store.js';
import { openFileWriter } from './file-writer.js';
import { checkedAgainst } from './checked-read.js';

const abandonedAfterMs = 60 * 60 * 1000;
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * A blob store in a local directory, made when it is not there. Several processes may share it.
 * Layout: `<root>/ab/<sha256>`, and `<root>/incoming/` for what is still being written.
 */
export async function openBlobStore(directory: string): Promise<BlobStore> {
  const root = resolve(directory);
  const incoming = join(root, 'incoming');
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  await removeAbandoned(incoming);

  const openWriter = (): Promise<BlobWriter> => openFileWriter(root, incoming);
  return Object.freeze({
    openWriter,
    put: (bytes: Uint8Array | Readable) => put(openWriter, bytes),
    read: (key: string, range?: ByteRange) => read(root, key, range),
    stat: (key: string) => statBlob(root, key),
    delete: (key: string) => deleteBlob(root, key),
    list: () => listBlobs(root),
  });
}

/** What a killed process was writing. A live writer touches its file far more often than once an hour. */
async function removeAbandoned(incoming: string): Promise<void> {
  const oldest = Date.now() - abandonedAfterMs;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < oldest) await rm(path, { force: true });
  }
}

async function put(openWriter: () => Promise<BlobWriter>, bytes: Uint8Array | Readable): Promise<Blob> {
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

async function read(root: string, key: string, range?: ByteRange): Promise<Readable> {
  const sha256 = sha256Of(key);
  const file = await open(join(root, key)).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    throw new BlobFault(
      'missing',
      `There is no blob ${key}: it was never stored here, or retention has removed it.`,
    );
  });
  if (range !== undefined) return file.createReadStream(range);
  return checkedAgainst(sha256, file.createReadStream());
}

async function statBlob(root: string, key: string): Promise<StoredBlob | null> {
  const sha256 = sha256Of(key);
  try {
    const { size, mtimeMs } = await stat(join(root, key));
    return { key, sha256, size, storedAt: mtimeMs };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function deleteBlob(root: string, key: string): Promise<boolean> {
  sha256Of(key);
  try {
    await rm(join(root, key));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function* listBlobs(root: string): AsyncIterable<StoredBlob> {
  for (const shelf of await readdir(root)) {
    if (!/^[0-9a-f]{2}$/.test(shelf)) continue;
    for (const name of await readdir(join(root, shelf))) {
      const blob = /^[0-9a-f]{64}$/.test(name) ? await statBlob(root, keyOf(name)) : null;
      if (blob !== null) yield blob;
    }
  }
}

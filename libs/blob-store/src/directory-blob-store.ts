import { createHash } from 'node:crypto';
import { open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { blobKeyOf, sha256Of } from './blob-key.js';
import { missingBlob } from './blob-store.js';
import type { Blob, BlobStore, BlobWriter, ByteRange, StoredBlob } from './blob-store.js';
import { checkedAgainst, wholeOf } from './checked-read.js';
import { openFileWriter } from './file-writer.js';
import { openIncoming } from './incoming.js';
import { moveDurably } from './move-durably.js';
import { putBlob } from './put-blob.js';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * A blob store in a local directory, made when it is not there. Several processes may share it.
 * Layout: `<root>/ab/<sha256>`, and `<root>/incoming/` for what is still being written.
 */
export async function openDirectoryBlobStore(directory: string): Promise<BlobStore> {
  const root = resolve(directory);
  const incoming = await openIncoming(join(root, 'incoming'));
  const openWriter = (): Promise<BlobWriter> =>
    openFileWriter(incoming, (path, { key }) => moveDurably(path, join(root, key)));
  return Object.freeze({
    openWriter,
    put: puttingOnce(root, (bytes) => putBlob(openWriter, bytes)),
    read: (key: string, range?: ByteRange) => read(root, key, range),
    bytes: (key: string) => readWhole(root, key),
    stat: (key: string) => statBlob(root, key),
    delete: (key: string) => deleteBlob(root, key),
    list: () => listBlobs(root),
  });
}

const REMEMBERED = 10_000;
const SMALL_BYTES = 64 * 1024;

/**
 * Many runs have the same input. A few bytes that this process itself has flushed under their name, and that are still
 * there as they were, are not written again: they are only made young for retention.
 */
function puttingOnce(root: string, put: BlobStore['put']): BlobStore['put'] {
  const flushed = new Set<string>();
  return async (bytes) => {
    const known = bytes instanceof Uint8Array && bytes.byteLength <= SMALL_BYTES ? blobOf(bytes) : undefined;
    if (known && flushed.has(known.key) && (await isThereStill(join(root, known.key), known))) return known;
    const blob = await put(bytes);
    if (flushed.size >= REMEMBERED) flushed.clear();
    flushed.add(blob.key);
    return blob;
  };
}

function blobOf(bytes: Uint8Array): Blob {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { key: blobKeyOf(sha256), sha256, size: bytes.byteLength };
}

/** Whether the file is there, and whole; it is young then. */
async function isThereStill(path: string, { sha256 }: Blob): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(path, now, now);
    return blobOf(await readFile(path)).sha256 === sha256;
  } catch {
    return false;
  }
}

async function read(root: string, key: string, range?: ByteRange): Promise<Readable> {
  const sha256 = sha256Of(key);
  const file = await open(join(root, key)).catch(asBlobFault(key));
  if (range !== undefined) return file.createReadStream(range);
  return checkedAgainst(sha256, file.createReadStream());
}

/** A stream costs a few bytes more than they themselves do. */
async function readWhole(root: string, key: string): Promise<Buffer> {
  const sha256 = sha256Of(key);
  return wholeOf(sha256, await readFile(join(root, key)).catch(asBlobFault(key)));
}

const asBlobFault =
  (key: string) =>
  (error: unknown): never => {
    throw isMissing(error) ? missingBlob(key) : error;
  };

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
      const blob = /^[0-9a-f]{64}$/.test(name) ? await statBlob(root, blobKeyOf(name)) : null;
      if (blob !== null) yield blob;
    }
  }
}

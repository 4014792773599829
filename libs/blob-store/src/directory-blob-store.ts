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

/** When a file was made young and found whole, and the mark it had then. */
interface Seen {
  readonly at: number;
  readonly mark: string;
}

/** So young it need not be made again. */
const YOUNG_MS = 60_000;

/**
 * Many runs have the same input. A few bytes that this process itself has flushed under their name, and that are still
 * there as they were, are not written again: they are only made young for retention, once a minute.
 */
function puttingOnce(root: string, put: BlobStore['put']): BlobStore['put'] {
  const flushed = new Map<string, Seen | null>();
  const isThere = async (blob: Blob, seen: Seen | null): Promise<boolean> => {
    const path = join(root, blob.key);
    if (seen !== null && Date.now() - seen.at < YOUNG_MS && (await markOf(path)) === seen.mark) return true;
    const found = await seeAgain(path, blob);
    if (found !== null) flushed.set(blob.key, found);
    return found !== null;
  };
  return async (bytes) => {
    const known = bytes instanceof Uint8Array && bytes.byteLength <= SMALL_BYTES ? blobOf(bytes) : undefined;
    const seen = known && flushed.get(known.key);
    if (known && seen !== undefined && (await isThere(known, seen))) return known;
    const blob = await put(bytes);
    if (flushed.size >= REMEMBERED) flushed.clear();
    flushed.set(blob.key, null);
    return blob;
  };
}

function blobOf(bytes: Uint8Array): Blob {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { key: blobKeyOf(sha256), sha256, size: bytes.byteLength };
}

/** Makes the file young; null when it is not there, or not whole. */
async function seeAgain(path: string, { sha256 }: Blob): Promise<Seen | null> {
  try {
    const now = new Date();
    await utimes(path, now, now);
    // Before the look at its bytes: what changes them later changes the mark, too.
    const mark = await markOf(path);
    const isWhole = blobOf(await readFile(path)).sha256 === sha256;
    return isWhole && mark !== null ? { at: now.getTime(), mark } : null;
  } catch {
    return null;
  }
}

/** Nobody can change a file, or put another one in its place, and leave this as it was; null when there is none. */
async function markOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found && `${found.ino} ${found.size} ${found.ctimeNs}`;
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

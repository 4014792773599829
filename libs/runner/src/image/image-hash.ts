import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ImageRoot, RootEntry } from './image-root.js';

/**
 * What an image is made of, as one hash (hex): of paths, kinds, modes and contents. Two machines with the same files
 * get the same.
 */
export async function hashRoot(root: ImageRoot): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [...root.keys()].sort()) {
    const entry = root.get(path);
    if (entry !== undefined) hash.update(`${JSON.stringify([path, ...(await fingerprint(entry))])}\n`);
  }
  return hash.digest('hex');
}

async function fingerprint(entry: RootEntry): Promise<readonly (string | number)[]> {
  switch (entry.kind) {
    case 'directory':
      return ['directory'];
    case 'link':
      return ['link', entry.target];
    case 'text':
      return ['text', entry.mode, entry.text];
    case 'file':
      return ['file', entry.mode, await hashOf(entry)];
  }
}

type HostFile = Extract<RootEntry, { readonly kind: 'file' }>;

const known = new Map<string, string>();

/** Reading Node's and Python's files takes longer than anything else here: what has not been touched since is not read again. */
async function hashOf({ from, size, mtime }: HostFile): Promise<string> {
  const key = JSON.stringify([from, size, mtime.getTime()]);
  const hash = known.get(key) ?? (await hashFile(from, size));
  known.set(key, hash);
  return hash;
}

const readAtOnce = 1 << 20;

async function hashFile(path: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  // Thousands of small files: a stream for each costs more than its bytes.
  if (size <= readAtOnce) return hash.update(await readFile(path)).digest('hex');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

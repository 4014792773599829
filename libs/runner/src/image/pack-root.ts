import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Header, Pack } from 'tar-stream';
import type { ImageRoot, RootEntry } from './image-root.js';

/** The root as a tar stream, owned by root, read-only but for what a tmpfs will cover. */
export function packRoot(root: ImageRoot): Readable {
  const tar = pack();
  writeEntries(tar, root).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(tar);
}

async function writeEntries(tar: Pack, root: ImageRoot): Promise<void> {
  for (const [path, entry] of root) if (path !== '/') await writeEntry(tar, path.slice(1), entry);
}

async function writeEntry(tar: Pack, name: string, entry: RootEntry): Promise<void> {
  switch (entry.kind) {
    case 'directory':
      return addWhole(tar, { name, type: 'directory', mode: 0o755 }, '');
    case 'link':
      return addWhole(tar, { name, type: 'symlink', linkname: entry.target, mode: 0o777 }, '');
    case 'text':
      return addWhole(tar, { name, mode: entry.mode, mtime: new Date(0) }, entry.text);
    case 'file':
      return pipeline(
        createReadStream(entry.from),
        tar.entry({ name, mode: entry.mode, size: entry.size, mtime: entry.mtime }),
      );
  }
}

function addWhole(tar: Pack, headers: Partial<Header> & { name: string }, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ uid: 0, gid: 0, ...headers }, text, (error) => (error ? reject(error) : resolve()));
  });
}

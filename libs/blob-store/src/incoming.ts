import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const abandonedAfterMs = 60 * 60 * 1000;

/** Makes the directory where blobs are written before they have a name, without what a killed process left in it. */
export async function openIncoming(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await removeAbandoned(path);
  return path;
}

/** A live writer touches its file far more often than once an hour. */
async function removeAbandoned(incoming: string): Promise<void> {
  const oldest = Date.now() - abandonedAfterMs;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < oldest) await rm(path, { force: true });
  }
}

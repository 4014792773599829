import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Renames a file that is on disk and flushes the directory: after a power cut it has its new name. */
export async function moveDurably(from: string, to: string): Promise<void> {
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

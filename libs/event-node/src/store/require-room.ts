import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogUnavailableError } from './store-errors.js';

/**
 * What opening a log takes at the most. LMDB makes its lock file sparse and maps it: on a disk without room for those
 * pages the process dies by SIGBUS, without a word.
 */
const ROOM_BYTES = 256 * 1024;

/** Throws {@link LogUnavailableError} when a directory has not the room to open a log in it. */
export function requireRoom(dir: string): void {
  const path = join(dir, 'room');
  try {
    writeFileSync(path, Buffer.alloc(ROOM_BYTES, 'room'), { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(dir, error);
  } finally {
    rmSync(path, { force: true });
  }
}

export function cannotWrite(dir: string, error: unknown): LogUnavailableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LogUnavailableError(
    `The data directory ${dir} cannot be written (${reason}). Give the node a directory with space that it may write to.`,
    { cause: error },
  );
}

import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDir } from './test-node.fixtures.js';

/** A file system of a few megabytes. */
export interface SmallDisk {
  readonly dir: string;
  /** Takes all space but so much. */
  readonly leave: (bytes: number) => void;
  /** Gives it back. */
  readonly free: () => void;
  readonly setReadOnly: (readOnly: boolean) => void;
  readonly remove: () => Promise<void>;
}

/** Undefined, and a line on stderr, where this process may not mount one. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | undefined> {
  const dir = await makeDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { stdio: 'pipe' });
  } catch (error) {
    process.stderr.write(
      `NOT TESTED: what a full disk does. No tmpfs can be mounted here: ${String(error)}\n`,
    );
    await rm(dir, { recursive: true });
    return undefined;
  }
  const filler = join(dir, 'filler');
  return {
    dir,
    leave(bytes) {
      const { bavail, bsize } = statfsSync(dir);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    free: () => rmSync(filler, { force: true }),
    setReadOnly: (readOnly) =>
      void execFileSync('mount', ['-o', `remount,${readOnly ? 'ro' : 'rw'}`, dir], { stdio: 'pipe' }),
    async remove() {
      execFileSync('umount', ['--lazy', dir], { stdio: 'pipe' });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

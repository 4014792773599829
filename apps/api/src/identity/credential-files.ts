import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Where the key of one principal of this machine is kept, readable by its owner alone. */
export interface CredentialFiles {
  readonly file: string;
  /** The content of the file, or of a pending one; undefined when there is none. */
  read(pending?: string): Promise<string | undefined>;
  /** Files that were written but not kept: of a process that runs now, or of one that died. */
  pending(): Promise<readonly string[]>;
  writePending(unique: string, key: string): Promise<string>;
  keep(pending: string): Promise<void>;
  drop(pending: string): Promise<void>;
}

const SUFFIX = '.new';

export async function openCredentialFiles(directory: string, name: string): Promise<CredentialFiles> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const file = path.join(directory, name);
  return {
    file,
    read: (pending = file) => readIfThere(pending),
    pending: async () =>
      (await readdir(directory))
        .filter((entry) => entry.startsWith(`${name}.`) && entry.endsWith(SUFFIX))
        .map((entry) => path.join(directory, entry)),
    writePending: async (unique, key) => {
      const pending = `${file}.${unique}${SUFFIX}`;
      await writeDurably(pending, `${key}\n`);
      return pending;
    },
    keep: (pending) => rename(pending, file),
    drop: (pending) => rm(pending, { force: true }),
  };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

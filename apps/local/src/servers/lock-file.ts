import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { identifyProcess } from './process-identity.js';

/** The outcome of asking for a lock: ours until released, or who has it. */
export type Lock = { readonly release: () => void } | { readonly heldBy: number };

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

const unique = (file: string): string => `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Creates the file with its content in one step, or does not. */
function create(file: string, content: string): boolean {
  const draft = unique(file);
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function livingHolder(content: string): number | undefined {
  try {
    const holder = JSON.parse(content) as Holder;
    return identifyProcess(holder.pid)?.startedAt === holder.startedAt ? holder.pid : undefined;
  } catch {
    return undefined;
  }
}

/** Takes a dead holder's file away; puts back what somebody else created in the meantime. */
function clear(file: string, content: string): void {
  const aside = unique(file);
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== content) linkSync(aside, file);
  rmSync(aside);
}

/**
 * Takes the lock `file` for this process. A holder that was killed, even with its number given to another process
 * since, no longer counts.
 */
export function takeLock(file: string): Lock {
  const content = JSON.stringify({ pid: process.pid, startedAt: identifyProcess(process.pid)?.startedAt });
  for (;;) {
    if (create(file, content)) return { release: () => rmSync(file, { force: true }) };
    const found = read(file);
    if (found === undefined) continue;
    const heldBy = livingHolder(found);
    if (heldBy !== undefined) return { heldBy };
    clear(file, found);
  }
}

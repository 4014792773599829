import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cannotWrite } from './require-room.js';
import { DirectoryInUseError } from './store-errors.js';

/** Held while a node runs on the directory; another process is refused (HAZARDS E11). */
export interface DirectoryLock {
  readonly release: () => void;
}

interface Owner {
  readonly pid: number;
  /** Start of the process in ticks since boot, where the system tells; a reused pid does not pass for the owner. */
  readonly started: string;
}

/** Takes the lock of `dir` (made when missing). Throws {@link DirectoryInUseError} when a living process has it. */
export function lockDirectory(dir: string): DirectoryLock {
  const path = join(dir, 'lock');
  const mine = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeOwner(dir, mine);
  try {
    takeOver(path, mine);
  } finally {
    rmSync(mine, { force: true });
  }
  return { release: () => rmSync(path, { force: true }) };
}

function writeOwner(dir: string, path: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }), { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(dir, error);
  }
}

function takeOver(path: string, mine: string): void {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (tryLink(mine, path)) return;
    const owner = readOwner(path);
    if (owner !== undefined && isAlive(owner)) {
      throw new DirectoryInUseError(
        `${path}: the directory is in use by process ${owner.pid}. Stop that event node, or give this one another directory.`,
      );
    }
    setAside(path, mine);
  }
  throw new DirectoryInUseError(
    `${path}: the lock keeps changing hands; another event node is starting here.`,
  );
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Renaming lets exactly one of several starters remove the stale lock. */
function setAside(path: string, mine: string): void {
  try {
    renameSync(path, `${mine}.stale`);
    rmSync(`${mine}.stale`, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value))
      return undefined;
    return { pid: Number(value.pid), started: String(value.started) };
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return owner.started === startOf(owner.pid);
}

/** Field 22 of /proc/<pid>/stat with the boot's id; empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}

const errorCode = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

import {
  closeSync,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LogIndex } from './log-index.js';
import { segmentFileName, type SegmentFiles, syncDirectory } from './segment-files.js';

/** What a backup holds: every event before `position`. */
export interface Backup {
  readonly dir: string;
  readonly position: number;
  readonly bytes: number;
}

export interface BackupParts {
  readonly files: SegmentFiles;
  readonly index: LogIndex;
  /** Where the durable log ends. */
  readonly end: () => number;
}

const COPY_BYTES = 1024 * 1024;

/**
 * Copies the index, then the log up to a moment after that, into an empty directory; a node can be started on it.
 * Erasing must wait meanwhile. Rejects when `to` holds anything.
 */
export async function backupLog({ files, index, end }: BackupParts, to: string): Promise<Backup> {
  requireEmpty(to);
  mkdirSync(join(to, 'segments'), { recursive: true, mode: 0o700 });
  mkdirSync(join(to, 'index'), { recursive: true, mode: 0o700 });
  await index.backup(join(to, 'index'));
  const position = end();
  let bytes = 0;
  for (let segment = 0; segment * files.size < position; segment += 1) {
    bytes += await copySegment(files, segment, position, join(to, 'segments'));
  }
  syncDirectory(join(to, 'segments'));
  return { dir: to, position, bytes };
}

async function copySegment(files: SegmentFiles, segment: number, end: number, dir: string): Promise<number> {
  const length = Math.min(files.used(segment), end - segment * files.size);
  const fd = openSync(join(dir, segmentFileName(segment)), 'wx', 0o600);
  for (let at = 0; at < length;) {
    const bytes = await files.read(segment * files.size + at, Math.min(COPY_BYTES, length - at));
    writeSync(fd, bytes);
    at += bytes.length;
  }
  fsyncSync(fd);
  closeSync(fd);
  return length;
}

/** Puts a backup in place as the directory of a node; rejects when `to` holds anything. */
export function restoreLog(from: string, to: string): void {
  requireEmpty(to);
  mkdirSync(to, { recursive: true, mode: 0o700 });
  cpSync(join(from, 'segments'), join(to, 'segments'), { recursive: true });
  if (existsSync(join(from, 'index', 'data.mdb')))
    cpSync(join(from, 'index'), join(to, 'index'), { recursive: true });
}

function requireEmpty(dir: string): void {
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    throw new Error(`${dir} is not empty. Name a new directory, so that nothing is overwritten.`);
  }
}

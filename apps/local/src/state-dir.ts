import type { Config } from '@stemma/config';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from './servers/lock-file.js';

/** What other programs on this machine may know of the Stemma that runs here: `.stemma/local.json`, mode 0600. */
export interface LocalInfo {
  readonly pid: number;
  readonly startedAt: string;
  readonly apiUrl: string;
  readonly projectorUrl: string;
  readonly eventstoreUrl: string;
  readonly databaseUrl: string;
  /** Process ids by name; a process that was started again has its new one. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface StateDir {
  readonly path: (...parts: readonly string[]) => string;
  readonly publish: (info: LocalInfo) => void;
  /** Takes back what was published and lets the next one in. */
  readonly release: () => void;
}

function whereItRuns(file: string): string {
  try {
    const { apiUrl } = JSON.parse(readFileSync(file, 'utf8')) as LocalInfo;
    return ` Its API is ${apiUrl}.`;
  } catch {
    return '';
  }
}

/**
 * Takes the state directory for this process.
 *
 * @throws Error when another Stemma runs on it
 */
export function openStateDir({ stateDir }: Pick<Config, 'stateDir'>): StateDir {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const path = (...parts: readonly string[]): string => join(stateDir, ...parts);
  const infoFile = path('local.json');
  const lock = takeLock(path('lock'));
  if ('heldBy' in lock) {
    throw new Error(
      `Another Stemma (process ${lock.heldBy}) runs on ${stateDir}.${whereItRuns(infoFile)} Stop it first, or give STEMMA_STATE_DIR another directory.`,
    );
  }
  return {
    path,
    publish: (info) => {
      writeFileSync(`${infoFile}.new`, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${infoFile}.new`, infoFile);
    },
    release: () => {
      rmSync(infoFile, { force: true });
      lock.release();
    },
  };
}

import type { Program } from '@stemma/local/servers';
import path from 'node:path';

/** This file is run built, and as it is by specs. */
const here = path.resolve(import.meta.dirname, '..');
const root = path.resolve(here, path.basename(here) === 'dist' ? '../..' : '..');

interface Launch {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process of ours, of the build in `dist/`. */
export function nodeProgram(
  { name, script, args = [], env = {} }: Launch,
  profileTo: string | undefined,
): Program {
  const profile =
    profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileTo, name)}`];
  return {
    name,
    file: process.execPath,
    args: [...profile, path.join(root, script), ...args],
    env: { ...process.env, ...env, STEMMA_LOG_LEVEL: 'warn' },
    cwd: root,
    stopSignal: 'TERM',
    stopWithinSeconds: 10,
  };
}

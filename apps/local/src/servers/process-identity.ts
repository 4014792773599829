import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which process a number stands for: numbers are given out again, the moment of the start is not. */
export interface ProcessIdentity {
  readonly startedAt: string;
  readonly command: string;
}

function fromProc(pid: number): ProcessIdentity | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in brackets and may hold spaces; the third is the state, the 22nd the start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  return { startedAt: fields[19] ?? '', command };
}

function fromPs(pid: number): ProcessIdentity {
  const ask = (what: string): string =>
    execFileSync('ps', ['-ww', '-o', `${what}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  return { startedAt: ask('lstart'), command: ask('args') };
}

/** The living process with this number, if there is one. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

import { readFileSync, writeFileSync } from 'node:fs';

const KIBIBYTES = 1024;

function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (found === undefined) throw new Error(`process ${pid} does not tell its ${field}`);
  return (Number(found) * KIBIBYTES) / 1e6;
}

/** Watches the memory of a process from now on; the function returned tells by how many MB it has grown at most. Linux only. */
export function watchMemory(pid: number): () => number {
  const before = megabytes(pid, 'VmRSS');
  // Sets the highest mark back to what is used now (proc(5)).
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return () => Math.max(0, megabytes(pid, 'VmHWM') - before);
}

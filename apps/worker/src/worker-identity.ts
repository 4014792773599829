import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * `<place>-<pid>-<start>`: a process is another one after a restart, also when the kernel gives its number again. Two
 * workers of one place can look at each other's processes; elsewhere only the heartbeat tells.
 */
export interface WorkerIdentity {
  readonly id: string;
  /** True when `workerId` is a process of this place that is certainly gone; false when alive, or when unknown from here. */
  isCertainlyGone(workerId: string): boolean;
}

export function identifyWorker(): WorkerIdentity {
  const place = placeOf();
  return {
    id: `${place}-${process.pid}-${startOf(process.pid) ?? '0'}`,
    isCertainlyGone: (workerId) => {
      const [at, pid, start] = workerId.split('-');
      return at === place && start !== '0' && startOf(Number(pid)) !== start;
    },
  };
}

/** Where process numbers mean the same: one boot of one kernel, one pid namespace. */
function placeOf(): string {
  const parts = [hostname(), read('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

/** When the process began, in the kernel's own count; null when there is no such process, or no such count. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

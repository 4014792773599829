import { readFileSync, writeFileSync } from 'node:fs';

/** The most memory that a process ever had, or since it was forgotten, in MB. Linux only. */
export function peakMbOf(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

/** From now on the peak is what it has at present, until it has more. */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

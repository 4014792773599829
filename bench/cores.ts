import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rounded } from './quantile.js';

/** Processes by a name for people; one that forks counts with its children. */
export type Processes = Readonly<Record<string, number>>;

/** Of /proc/<pid>/stat, whose second field may hold spaces and parentheses. */
function statOf(
  pid: number,
): { readonly parent: number; readonly ticks: number; readonly ofEnded: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
    return { parent: fields[1] ?? 0, ticks: user + system, ofEnded: endedUser + endedSystem };
  } catch {
    return undefined;
  }
}

/** The CPU ticks that `pid` and its children have used, those that ended too: Postgres has one per connection. */
function ticksOf(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = statOf(Number(name));
    if (stat === undefined) continue;
    if (Number(name) === pid) ticks += stat.ticks + stat.ofEnded;
    else if (stat.parent === pid) ticks += stat.ticks;
  }
  return ticks;
}

/** The ticks that the whole machine was busy with, whoever with. */
function ticksOfAll(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = readFileSync('/proc/stat', 'utf8')
    .slice('cpu  '.length)
    .split(' ', 7)
    .map(Number);
  return user + nice + system + irq + softIrq;
}

/** What a process took: cores kept busy on average, and CPU milliseconds per call that was measured. */
export interface Share {
  readonly cores: number;
  readonly msPerCall: number;
}

export type Shares = Readonly<Record<string, Share>>;

/** The shares of processes that kept `busy` cores while `perSecond` calls were made. */
export function perCall(busy: Readonly<Record<string, number>>, perSecond: number): Shares {
  const share = (cores: number): Share => ({
    cores: rounded(cores),
    msPerCall: rounded((cores * 1_000) / perSecond),
  });
  return Object.fromEntries(Object.entries(busy).map(([name, cores]) => [name, share(cores)]));
}

/**
 * Watches who uses the cores from now on; the function returned tells, for each process, how many it kept busy on average,
 * and how many were busy `elsewhere`: figures from a machine with other work are worth less. Without /proc it tells nothing.
 */
export function watchCores(processes: Processes): () => Readonly<Record<string, number>> {
  if (process.platform !== 'linux') return () => ({});
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const started = performance.now();
  const ticks = (): Map<string, number> => {
    const ours = Object.entries(processes).map(([name, pid]) => [name, ticksOf(pid)] as const);
    const sum = ours.reduce((all, [, used]) => all + used, 0);
    return new Map([...ours, ['elsewhere', ticksOfAll() - sum]]);
  };
  const before = ticks();
  return () => {
    const seconds = (performance.now() - started) / 1_000;
    const busy: Record<string, number> = {};
    for (const [name, after] of ticks()) {
      busy[name] = (after - (before.get(name) ?? 0)) / ticksPerSecond / seconds;
    }
    return busy;
  };
}

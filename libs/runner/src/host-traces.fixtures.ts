import { readFile, readdir } from 'node:fs/promises';
import type { Runner } from './index.js';

/** What a spec's runs have left on the host; all empty when they were cleaned up after. */
export interface HostTraces {
  readonly containers: readonly string[];
  /** Processes of this machine that belong to one of the containers. */
  readonly processes: readonly string[];
}

/** Looks for containers of this installation, and for processes in the control groups of these containers. */
export async function findTraces(runner: Runner, containerIds: readonly string[]): Promise<HostTraces> {
  const containers = (await runner.listContainers()).map(({ id, state }) => `${id} ${state}`);
  return { containers, processes: await processesOf(containerIds) };
}

export const noTraces: HostTraces = { containers: [], processes: [] };

export async function processesOf(containerIds: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (containerIds.some((id) => groups.includes(id))) found.push(pid);
  }
  return found;
}

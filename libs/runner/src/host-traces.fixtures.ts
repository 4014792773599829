import { startDocker } from '@stemma/testing';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectDocker } from './engine/connect-docker.js';
import type { Runner } from './index.js';

/** What a spec's runs have left on the host; all empty when they were cleaned up after. */
export interface HostTraces {
  readonly containers: readonly string[];
  /** Processes of this machine that belong to one of the containers. */
  readonly processes: readonly string[];
  /** Control groups, and with them memory that is still charged to a container. */
  readonly groups: readonly string[];
  /** What the engine keeps on disk under a container's name: its configuration, its layer, its logs. */
  readonly files: readonly string[];
}

/** Looks for containers of this installation, and for all that these containers could leave on the machine. */
export async function findTraces(runner: Runner, containerIds: readonly string[]): Promise<HostTraces> {
  const containers = (await runner.listContainers()).map(({ id, state }) => `${id} ${state}`);
  return {
    containers,
    processes: await processesOf(containerIds),
    groups: namedAfter(containerIds, await directoriesBelow('/sys/fs/cgroup', 5)),
    files: await filesOf(containerIds),
  };
}

export const noTraces: HostTraces = { containers: [], processes: [], groups: [], files: [] };

const namedAfter = (ids: readonly string[], paths: readonly string[]): readonly string[] =>
  paths.filter((path) => ids.some((id) => path.includes(id)));

async function directoriesBelow(root: string, depth: number): Promise<readonly string[]> {
  if (depth === 0) return [];
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const here = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
  const below = await Promise.all(here.map((path) => directoriesBelow(path, depth - 1)));
  return [...here, ...below.flat()];
}

async function filesOf(ids: readonly string[]): Promise<readonly string[]> {
  const engine = connectDocker((await startDocker()).host);
  const { DockerRootDir, Driver } = (await engine.info()) as { DockerRootDir: string; Driver: string };
  const kept = ['containers', `image/${Driver}/layerdb/mounts`].map((name) => join(DockerRootDir, name));
  const found = await Promise.all(kept.map((directory) => directoriesBelow(directory, 1)));
  return namedAfter(ids, found.flat());
}

export async function processesOf(containerIds: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (containerIds.some((id) => groups.includes(id))) found.push(pid);
  }
  return found;
}

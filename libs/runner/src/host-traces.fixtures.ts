import { startDocker } from '@stemma/testing';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { connectDocker } from './engine/connect-docker.js';
import { sandboxUser } from './sandbox/sandbox-user.js';

/**
 * What there is on the host that runs could have left, whatever else goes on there: things that bear one of their names,
 * and things of the sandbox's user outside every container. Networks and volumes are all that the engine has.
 */
export interface HostTraces {
  readonly containers: readonly string[];
  /** Processes of this machine, shims of the engine among them. */
  readonly processes: readonly string[];
  /** Control groups, and with them memory that is still charged to a container. */
  readonly groups: readonly string[];
  /** What the engine keeps under a container's name, and what lies in the directories that anybody may write to. */
  readonly files: readonly string[];
  /** In every mount namespace but those of containers; a tmpfs that is still mounted is memory, too. */
  readonly mounts: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/**
 * Counts. `marks` are names that belong to the runs: ids of containers, of their layers, of the runs.
 *
 * Of processes that other users own a user who is not root sees less.
 */
export async function findTraces(marks: readonly string[]): Promise<HostTraces> {
  const engine = connectDocker((await startDocker()).host);
  const [info, containers, networks, { Volumes }] = await Promise.all([
    engine.info() as Promise<{ readonly DockerRootDir: string; readonly Driver: string }>,
    engine.listContainers({ all: true }),
    engine.listNetworks(),
    engine.listVolumes(),
  ]);
  const isMarked = (text: string): boolean => marks.some((mark) => text.includes(mark));
  const processes = allProcesses();
  return {
    containers: containers.map(({ Id, State }) => `${Id} ${State}`).filter(isMarked),
    processes: processes.filter((one) => isMarked(wordsOf(one)) || isStray(one)).map(wordsOf),
    groups: directoriesBelow('/sys/fs/cgroup', 4).filter((path) => isMarked(basename(path))),
    files: [
      ...engineFiles(info.DockerRootDir, info.Driver).filter(isMarked),
      ...publicFiles().filter((path) => isMarked(path) || isOfSandbox(path)),
    ],
    mounts: outerMounts(processes).filter((line) => isMarked(line) || line.includes(tmpfsOfSandbox)),
    networks: networks.map(({ Name }) => Name).sort(),
    volumes: Volumes.map(({ Name }) => Name).sort(),
  };
}

/** What there is now that there was not before, by kind; nothing when nothing is left. */
export function addedTo(before: HostTraces, now: HostTraces): Partial<HostTraces> {
  const kinds = Object.keys(now) as (keyof HostTraces)[];
  const added = kinds.map((kind) => [kind, now[kind].filter((one) => !before[kind].includes(one))] as const);
  return Object.fromEntries(added.filter(([, found]) => found.length > 0));
}

/** Bytes of shared memory and tmpfs that the machine holds: what a lost tmpfs would be found by, could nobody name it. */
export function sharedMemory(): number {
  return Number(/^Shmem:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
}

/** The processes of this machine that belong to one of the containers. */
export const processesOf = (containerIds: readonly string[]): readonly string[] =>
  allProcesses()
    .filter(({ groups }) => containerIds.some((id) => groups.includes(id)))
    .map(({ pid }) => pid);

const tmpfsOfSandbox = `uid=${sandboxUser.uid}`;
const ofContainer = /[0-9a-f]{64}/;

interface SeenProcess {
  readonly pid: string;
  readonly uid: number;
  /** As /proc tells them: many lines. */
  readonly groups: string;
  readonly command: string;
}

const wordsOf = ({ pid, groups, command }: SeenProcess): string => `${pid} ${command} ${groups}`;

/** It ran when its directory was listed; since then it may have ended. */
function orWhenGone<T>(look: () => T, gone: T): T {
  try {
    return look();
  } catch {
    return gone;
  }
}

const namesIn = (directory: string): readonly string[] => orWhenGone(() => readdirSync(directory), []);

function allProcesses(): readonly SeenProcess[] {
  const pids = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    const uid = orWhenGone(() => lstatSync(`/proc/${pid}`).uid, 0);
    const of = (file: string): string => orWhenGone(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'), '');
    return { pid, uid, groups: of('cgroup'), command: of('cmdline').replaceAll('\0', ' ') };
  });
}

const isStray = ({ uid, groups }: SeenProcess): boolean =>
  uid === sandboxUser.uid && !ofContainer.test(groups);

function outerMounts(processes: readonly SeenProcess[]): readonly string[] {
  const outside = processes.filter(({ groups }) => !ofContainer.test(groups));
  const one = new Map(
    outside.map(({ pid }) => [orWhenGone(() => readlinkSync(`/proc/${pid}/ns/mnt`), ''), pid]),
  );
  const tables = [...one.values()].map((pid) =>
    orWhenGone(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8'), ''),
  );
  return tables.flatMap((table) => table.split('\n'));
}

function engineFiles(root: string, driver: string): readonly string[] {
  const kept = ['containers', `image/${driver}/layerdb/mounts`, driver];
  return kept.flatMap((name) => namesIn(join(root, name)).map((found) => join(root, name, found)));
}

/** Where anybody may write, and where the engine keeps what runs. */
function publicFiles(): readonly string[] {
  const open = ['/tmp', '/var/tmp', '/dev/shm'].flatMap((path) =>
    namesIn(path).map((name) => join(path, name)),
  );
  return [...open, ...directoriesBelow('/run', 7)];
}

const isOfSandbox = (path: string): boolean =>
  orWhenGone(() => lstatSync(path).uid === sandboxUser.uid, false);

function directoriesBelow(root: string, depth: number): readonly string[] {
  if (depth === 0 || !existsSync(root)) return [];
  const entries = orWhenGone(() => readdirSync(root, { withFileTypes: true }), []);
  const here = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name));
  return [...here, ...here.flatMap((path) => directoriesBelow(path, depth - 1))];
}

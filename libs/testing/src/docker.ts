import { findDockerHost, prepareDocker, waitUntil } from '@stemma/local/servers';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OwnServer, startOwnServer } from './own-server.js';
import { withSharedServer } from './shared-server.js';

/** Kept between runs: the runner images in it are rebuilt only when something changed. */
const imagesDir = fileURLToPath(new URL('../../../.cache/test-docker', import.meta.url));

/**
 * A real container engine as `DOCKER_HOST` names one (`unix:///…`): the machine's when it answers, else one that this
 * test run shares and that ends with it.
 */
export async function startDocker(): Promise<{ readonly host: string }> {
  const host = await findDockerHost();
  if (host !== undefined) return { host };
  const prepare = () => {
    const server = prepareDocker(imagesDir);
    return Promise.resolve({ server, facts: { host: server.url } });
  };
  return withSharedServer({ name: 'docker', prepare }, (facts) => Promise.resolve(facts));
}

/** An engine of a spec's own, which it may also ruin; empty at first: whoever runs something in it makes its images. */
export interface OwnDocker extends OwnServer {
  /** What containers have on the machine now, whether the engine lives or not: shims, and mounts in any namespace. */
  readonly remains: () => readonly string[];
}

/** Needs root, as `prepareDocker` does. */
export async function startOwnDocker(): Promise<OwnDocker> {
  const dir = await mkdtemp(path.join(tmpdir(), 'stemma-docker-'));
  const prepared = prepareDocker(dir);
  const runDir = path.dirname(prepared.url.slice('unix://'.length));
  const removeBoth = async (): Promise<void> => {
    for (const made of [dir, runDir]) await rm(made, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const server = await startOwnServer(prepared);
    const stop = () => server.stop().then(removeBoth);
    const crash = async (): Promise<void> => {
      const containerd = readFileSync(path.join(runDir, 'exec', 'containerd', 'containerd.pid'), 'utf8');
      await server.crash();
      // It dies with its engine; the next one would take it for alive, and wait for it in vain.
      const isGone = () =>
        existsSync(`/proc/${containerd}`) ? Promise.reject(stillThere) : Promise.resolve();
      await waitUntil('its containerd ended', isGone, { withinMs: 20_000 });
    };
    return { ...server, stop, crash, remains: () => [...shimsOf(runDir), ...mountsBelow(dir)] };
  } catch (error) {
    await removeBoth();
    throw error;
  }
}

const stillThere = new Error('it is still there');

const pids = (): readonly string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Empty of a process that has ended meanwhile. */
function orEmpty(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}

function shimsOf(runDir: string): readonly string[] {
  const commands = pids().map((pid) => orEmpty(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
  return commands.filter((command) => command.includes('containerd-shim') && command.includes(runDir));
}

/** Their root file systems and their shared memory; that the engine's own directory is a mount is none of theirs. */
function mountsBelow(dir: string): readonly string[] {
  const one = new Map(pids().map((pid) => [orEmpty(() => readlinkSync(`/proc/${pid}/ns/mnt`)), pid]));
  const tables = [...one.values()].map((pid) =>
    orEmpty(() => readFileSync(`/proc/${pid}/mountinfo`, 'utf8')),
  );
  const points = tables.flatMap((table) => table.split('\n').map((line) => line.split(' ')[4] ?? ''));
  return points.filter((point) => point.startsWith(dir) && /\/(merged|shm)$/.test(point));
}

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { requireCommand } from './find-command.js';
import type { Server } from './program.js';
import { waitUntil } from './wait-until.js';

const remedy =
  'A container engine is missing: apt-get install docker.io (as root), or set DOCKER_HOST to a Docker engine.';

function pingSocket(socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`it answers ${response.statusCode}`));
    });
    asked.on('timeout', () => asked.destroy(new Error('it does not answer')));
    asked.on('error', reject);
    asked.end();
  });
}

function usualSockets(env: NodeJS.ProcessEnv): readonly string[] {
  const runtimeDir = env['XDG_RUNTIME_DIR'];
  const rootless = runtimeDir === undefined ? [] : [join(runtimeDir, 'docker.sock')];
  return ['/var/run/docker.sock', ...rootless, join(homedir(), '.docker', 'run', 'docker.sock')];
}

/** The engine that this machine already runs: `DOCKER_HOST`, or the usual socket that answers. */
export async function findDockerHost(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  if (env['DOCKER_HOST']) return env['DOCKER_HOST'];
  for (const socket of usualSockets(env)) {
    const answers = await pingSocket(socket).then(
      () => true,
      () => false,
    );
    if (answers) return `unix://${socket}`;
  }
  return undefined;
}

/** A socket's path may not be longer than 107 bytes, so it lies in /run under a name made from the directory's. */
function runDirOf(dir: string): string {
  return join('/run', `stemma-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
}

function programArgs(dir: string, runDir: string): readonly string[] {
  const configFile = join(dir, 'daemon.json');
  writeFileSync(configFile, '{}\n');
  return [
    `--config-file=${configFile}`,
    `--data-root=${join(dir, 'data')}`,
    `--exec-root=${join(runDir, 'exec')}`,
    `--pidfile=${join(runDir, 'docker.pid')}`,
    `--host=unix://${join(runDir, 'docker.sock')}`,
    // Runs have no network, so the engine needs none either, nor the rights to set one up.
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--log-level=warn',
  ];
}

/**
 * A `dockerd` of our own, apart from any other on the machine, its images in `dir`: ready to be started. Needs root.
 *
 * @throws Error naming the remedy when this machine has no `dockerd` or we are not root
 */
export function prepareDocker(dir: string, isRoot = process.getuid?.() === 0): Server {
  const dockerd = requireCommand('dockerd', remedy);
  if (!isRoot) {
    throw new Error(
      'No container engine answers, and only root can start one: start it (systemctl start docker) and join its group, or set DOCKER_HOST.',
    );
  }
  const runDir = runDirOf(dir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const socket = join(runDir, 'docker.sock');
  return {
    program: {
      name: 'docker',
      // Its mounts are seen by itself alone and end with it, however it ends: nothing is left that keeps `dir` busy.
      file: requireCommand('unshare', 'util-linux is missing: apt-get install util-linux (as root).'),
      args: ['--mount', '--propagation', 'private', dockerd, ...programArgs(dir, runDir)],
      stopSignal: 'TERM',
      stopWithinSeconds: 20,
    },
    url: `unix://${socket}`,
    ready: (signal) =>
      waitUntil('the container engine answering', () => pingSocket(socket), { withinMs: 60_000, signal }),
  };
}

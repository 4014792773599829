import { existsSync } from 'node:fs';
import path from 'node:path';
import { runQuietly, SetupError } from './steps.mjs';

/** How to run npm with the Node at `node`: the npm that started us when there is one, else the one on the PATH. */
function npmCommand(node) {
  const started = process.env.npm_execpath;
  if (started && existsSync(started) && /npm-cli\.js$/.test(started)) return [node, [started]];
  const onPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((dir) => path.join(dir, 'npm'))
    .find(existsSync);
  if (onPath) return [onPath, []];
  throw new SetupError('npm is missing. Install it first, on Debian: apt-get install npm');
}

/** Runs npm in `cwd` with the Node at `node`; quiet unless it fails. */
export async function npm(node, args, { cwd, onLine }) {
  const [file, before] = npmCommand(node);
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` };
  return runQuietly(file, [...before, ...args, '--no-audit', '--no-fund', '--no-progress'], {
    cwd,
    env,
    onLine,
  });
}

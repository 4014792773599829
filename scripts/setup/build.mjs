import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runQuietly, SetupError } from './steps.mjs';

/** Compiles every process, the benches, and all that they use (`tsc -b`); what has not changed is not compiled again. */
export async function build(root, node, steps) {
  const apps = readdirSync(path.join(root, 'apps')).map((name) => path.join('apps', name));
  const parts = [...apps, 'bench'];
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = (args, onLine) => runQuietly(node, [tsc, '-b', ...args, ...parts], { cwd: root, onLine });
  const stale = (await run(['--dry']).catch(() => 'would build')).includes('would build');
  if (!stale) return steps.ready('build');
  await steps.doing('building', 'build', (progress) =>
    run(['--verbose'], (line) => {
      const project = /Building project '.*\/((?:apps|libs)\/[\w-]+|[\w-]+)\/tsconfig\.json'/.exec(line)?.[1];
      if (project) progress(project);
    }).catch((error) => {
      const faults = error.message.split('\n').filter((line) => !/^\[\d|^\d{1,2}:\d\d:\d\d|^$/.test(line));
      throw new SetupError(faults.join('\n'));
    }),
  );
}

/** The other commands of package.json: `node scripts/run.mjs cli|bench|soak|build|settings|openapi|sql|governance [arguments]`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, runMain, setUp } from './setup.mjs';
import { provideNode } from './setup/node-runtime.mjs';
import { runNode } from './setup/run-node.mjs';
import { createSteps, SetupError } from './setup/steps.mjs';

const entries = {
  cli: 'apps/cli/dist/main.js',
  bench: 'bench/dist/main.js',
  soak: 'bench/dist/soak.js',
  settings: 'apps/local/dist/write-settings-page.js',
  openapi: 'scripts/openapi.mjs',
  sql: 'scripts/write-sql.mjs',
  governance: 'scripts/governance.mjs',
};

/** The command line is used often and by people who wait: it is set up only when it has never been built. */
async function prepare(command, steps) {
  const built = existsSync(path.join(root, entries[command]));
  if (command !== 'cli' || !built) return setUp(steps);
  return { node: await provideNode(root, steps), env: process.env };
}

await runMain(async () => {
  const [command = '', ...args] = process.argv.slice(2);
  const steps = createSteps(process.stderr, { quiet: true });
  if (command === 'build') return setUp(createSteps(process.stdout)).then(() => 0);
  if (!(command in entries)) {
    throw new SetupError(
      `Unknown command “${command}”: one of ${[...Object.keys(entries), 'build'].join(', ')}.`,
    );
  }
  const { node, env } = await prepare(command, steps);
  if (!existsSync(path.join(root, entries[command]))) throw new SetupError(`There is no ${command} yet.`);
  return runNode(node, ['--enable-source-maps', entries[command], ...args], { cwd: root, env });
});

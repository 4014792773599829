/** `npm start`: sets up, then runs everything on this machine. */
import { root, runMain, setUp } from './setup.mjs';
import { runNode } from './setup/run-node.mjs';
import { createSteps } from './setup/steps.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  const steps = createSteps(args.includes('--json') ? process.stderr : process.stdout);
  steps.say('\nStemma\n');
  const { node, env } = await setUp(steps);
  return runNode(node, ['--enable-source-maps', 'apps/local/dist/main.js', ...args], { cwd: root, env });
});

/** `npm test`: sets up, then runs every spec, or those that the arguments name (a path, `--selectProjects pure`). */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { root, runMain, setUp } from './setup.mjs';
import { runNode } from './setup/run-node.mjs';
import { createSteps } from './setup/steps.mjs';

const results = path.join(root, '.cache', 'jest-results.json');

/** The plain closing line that scripts and people look for. */
function closingLine() {
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    readFileSync(results, 'utf8'),
  );
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  return `${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed${skipped}`;
}

await runMain(async () => {
  const steps = createSteps(process.stdout);
  const { node, env } = await setUp(steps);
  mkdirSync(path.dirname(results), { recursive: true });
  rmSync(results, { force: true });
  const nodeArgs = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = [
    path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    `--maxWorkers=${availableParallelism()}`,
  ];
  const json = ['--json', `--outputFile=${results}`];
  const code = await runNode(node, [...nodeArgs, ...jest, ...json, ...process.argv.slice(2)], {
    cwd: root,
    env,
  });
  steps.say(`\n${closingLine()}`);
  return code;
});

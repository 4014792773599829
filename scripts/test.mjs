/** `npm test`: sets up, then runs every spec, or those that the arguments name (a path, `--selectProjects=pure`). */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { root, runMain, setUp } from './setup.mjs';
import { closingLine } from './setup/closing-line.mjs';
import { runNode } from './setup/run-node.mjs';
import { createSteps } from './setup/steps.mjs';

const workers = `--maxWorkers=${availableParallelism()}`;

/** It measures how long a start takes, and starts everything there is: nothing runs beside it. */
const alone = 'apps/local/';

const everything = [
  ['--selectProjects=pure', '--selectProjects=int', workers],
  ['--selectProjects=e2e', `--testPathPatterns=^(?!.*${alone})`, workers],
  ['--selectProjects=e2e', `--testPathPatterns=${alone}`, '--runInBand'],
];

async function runJest({ node, env }, args, results) {
  const nodeArgs = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  rmSync(results, { force: true });
  return runNode(node, [...nodeArgs, jest, '--json', `--outputFile=${results}`, ...args], { cwd: root, env });
}

await runMain(async () => {
  const steps = createSteps(process.stdout);
  const machine = await setUp(steps);
  const given = process.argv.slice(2);
  const runs = given.length > 0 ? [[workers, ...given]] : everything;
  const files = runs.map((_, n) => path.join(root, '.cache', `jest-results-${n}.json`));
  mkdirSync(path.dirname(files[0]), { recursive: true });
  let worst = 0;
  for (const [n, args] of runs.entries()) worst = Math.max(worst, await runJest(machine, args, files[n]));
  const results = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')));
  steps.say(`\n${closingLine(results)}`);
  return results.length < runs.length ? 1 : worst;
});

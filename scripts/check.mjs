/** `npm run check`: everything that can be known of the code without a server, in minutes. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runSteps } from './run-steps.mjs';
import { root, runMain } from './setup.mjs';
import { provideDependencies } from './setup/dependencies.mjs';
import { provideNode } from './setup/node-runtime.mjs';
import { createSteps } from './setup/steps.mjs';

/** In this order: what takes longest begins first. `command` is a program of node_modules/.bin and its arguments. */
const steps = [
  {
    name: 'lint',
    about: 'eslint, warnings count as errors',
    command: [
      'eslint',
      '.',
      '--max-warnings=0',
      '--cache',
      '--cache-location=.cache/eslint/',
      '--cache-strategy=content',
    ],
  },
  { name: 'types', about: 'tsc -b: every package, and the specs', command: ['tsc', '--build'] },
  {
    name: 'specs',
    about: 'the pure specs; `npm test` runs all',
    flags: ['--experimental-vm-modules', '--no-warnings'],
    command: ['jest', '--selectProjects=pure'],
  },
  {
    name: 'format',
    about: 'prettier; `npm run format` mends it',
    command: ['prettier', '--check', '--cache', '--cache-location=.cache/prettier', '.'],
  },
  {
    name: 'imports',
    about: 'dependency-cruiser: who may import whom',
    command: ['depcruise', 'apps', 'libs', 'projections', 'bench', 'scripts'],
  },
  {
    name: 'unused',
    about: 'knip: files, exports and dependencies that nothing uses',
    command: ['knip', '--no-progress'],
  },
  {
    name: 'audit',
    about:
      'npm audit of what production installs; skipped when no registry answers (scripts/audit-policy.mjs)',
    script: 'scripts/audit.mjs',
  },
];

const help = `npm run check [-- <step>…]

Runs all steps, or only those named; each must pass.

${steps.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}
`;

await runMain(async () => {
  const options = { help: { type: 'boolean', short: 'h' } };
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const unknown = positionals.filter((word) => !steps.some(({ name }) => name === word));
  if (values.help) process.stdout.write(help);
  else if (unknown.length > 0) process.stderr.write(`No step is called ${unknown.join(' or ')}.\n\n${help}`);
  else return (await check(positionals)) ? 0 : 1;
  return values.help ? 0 : 2;
});

/** Sets up without a build: that it compiles is one of the steps. */
async function check(names) {
  const setUp = createSteps(process.stdout, { quiet: true });
  const node = await provideNode(root, setUp);
  await provideDependencies(root, node, setUp);
  const chosen = steps.filter(({ name }) => names.length === 0 || names.includes(name));
  const bin = (program) => path.join('node_modules', '.bin', program);
  const runnable = chosen.map(({ name, flags = [], script, command: [program, ...args] = [] }) => ({
    name,
    command: [node, ...flags, script ?? bin(program), ...args],
  }));
  const write = (text) => process.stdout.write(text);
  const passed = await runSteps(runnable, { atOnce: 2, cwd: root, write });
  if (!passed) write('\nMend what is shown above; `npm run check -- <step>` runs one step alone.\n');
  return passed;
}

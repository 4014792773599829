/** What start, test and the other scripts have in common: a machine that lacks something gets it, after being told. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './setup/build.mjs';
import { provideDependencies } from './setup/dependencies.mjs';
import { provideNode } from './setup/node-runtime.mjs';
import { provideSystemPackages } from './setup/system-packages.mjs';
import { SetupError } from './setup/steps.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Brings Node, the dependencies, the system's packages and the build; resolves to the Node to use and an environment in which it is the first
 * on the PATH.
 */
export async function setUp(steps) {
  const node = await provideNode(root, steps);
  await provideDependencies(root, node, steps);
  await provideSystemPackages(steps);
  await build(root, node, steps);
  return {
    node,
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` },
  };
}

/** Runs `main`; a SetupError is shown as its words alone, anything else as the fault in our code that it is. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`\n${error instanceof SetupError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}

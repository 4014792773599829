import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeTemporary } from '../at-the-end.js';
import type { Found, Soak } from './soak.js';

const jest = [
  ...[
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'e2e',
  ],
  ...['--testPathPatterns', 'apps/api/src/generated', '--testNamePattern', 'made at random from'],
];

/** The long form of `apps/api/src/generated.e2e.spec.ts`: the same requests, as many as asked for, from a new seed. */
export const fuzz: Soak = {
  about: 'requests made at random from the OpenAPI document: each answer is one that callers can rely on',
  rounds: 10_000,
  async run({ rounds, say }) {
    const { dir: directory, remove } = await makeTemporary('stemma-fuzz-');
    const report = path.join(directory, 'report.json');
    try {
      const env = {
        STEMMA_FUZZ_REQUESTS: String(rounds),
        STEMMA_FUZZ_SEED: String(Date.now() % 2 ** 31),
        STEMMA_FUZZ_REPORT: report,
      };
      const code = await run(env, say);
      const { faults, ...counts } = await reportIn(report);
      const missing = code === 0 || faults.length > 0 ? [] : [`the spec ended with ${code}`];
      return { requests: rounds, ...counts, faults: [...faults, ...missing] };
    } finally {
      await remove();
    }
  },
};

function run(env: Readonly<Record<string, string>>, say: (line: string) => void): Promise<number> {
  const child = spawn(process.execPath, jest, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => say(text.trimEnd()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A spec that did not come so far leaves none: then its exit code is all there is. */
async function reportIn(file: string): Promise<Found> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Found;
  } catch {
    return { faults: [] };
  }
}

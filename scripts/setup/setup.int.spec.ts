import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { closingLine } from './closing-line.mjs';
import { isNewEnough, provideNode } from './node-runtime.mjs';
import { createSteps, runQuietly } from './steps.mjs';
import { needs, provideSystemPackages } from './system-packages.mjs';

const home = mkdtempSync(path.join(tmpdir(), 'stemma setup '));
afterAll(() => rmSync(home, { recursive: true }));

const listening = () => {
  let text = '';
  return { steps: createSteps({ write: (part: string) => (text += part) }), said: () => text };
};

describe('setting up a machine', () => {
  it('takes Node 22.12 and newer, and nothing older', () => {
    const versions = ['20.20.2', '22.11.0', '22.12.0', '24.1.0', 'v26.0.0'];
    expect(versions.map(isNewEnough)).toEqual([false, false, true, true, true]);
  });

  it('uses the machine’s Node when it is new enough, else one that was fetched before', async () => {
    const { steps, said } = listening();
    expect(await provideNode(home, steps, '24.0.0')).toBe(process.execPath);
    const name = `node-${process.platform}-${process.arch}`;
    const bin = path.join(home, '.runtime', 'node_modules', name, 'bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, path.join(bin, 'node'));
    expect(await provideNode(home, steps, '20.0.0')).toBe(path.join(bin, 'node'));
    expect(said()).toMatch(/✓ Node 24\.0\.0\n {2}✓ Node [\d.]+ in \.runtime\//);
  });

  it('says first what it will do, then that it is done', async () => {
    const { steps, said } = listening();
    await steps.doing('something is missing', 'something', () => Promise.resolve());
    expect(said()).toMatch(/^ {2}· something is missing …\n {2}✓ something {2}[\d.]+ s\n$/);
  });

  it('is quiet about a command that works, and shows the words of one that does not', async () => {
    const script = path.join(home, 'fails.sh');
    writeFileSync(script, 'echo one; echo "no space left" >&2; exit 3');
    await expect(runQuietly('/bin/sh', [script], { cwd: home })).rejects.toThrow(
      /failed \(exit code 3\):\n[^]*no space left/,
    );
    await expect(runQuietly('/nonexistent', [], { cwd: home })).rejects.toThrow(/cannot be run/);
  });

  it('names what it may not install, with the command that would', async () => {
    const { steps, said } = listening();
    const absent = [
      { what: 'Redis', package: 'redis-server', present: () => false, otherwise: 'or set REDIS_URL' },
    ];
    expect(await provideSystemPackages(steps, { root: false, wanted: absent })).toBe(false);
    expect(said()).toContain('Redis is missing: apt-get install redis-server (as root), or set REDIS_URL.');
  });

  it('wants no server that the settings name', () => {
    const env = { REDIS_URL: 'redis://elsewhere', DOCKER_HOST: 'unix:///elsewhere' };
    expect(needs.slice(0, 2).map((need) => need.present(env))).toEqual([true, true]);
  });
});

describe('the closing line of a test run', () => {
  const run = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };

  it('adds up all parts of the run', () => {
    expect(closingLine([run, { ...run, numFailedTests: 1 }])).toBe('6 passed, 1 failed');
  });

  it('counts a file that could not be loaded as failed, and says what was left out', () => {
    expect(closingLine([{ ...run, numRuntimeErrorTestSuites: 2, numPendingTests: 1 }])).toBe(
      '3 passed, 2 failed, 1 skipped',
    );
  });
});

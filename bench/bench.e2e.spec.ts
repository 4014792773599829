import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const main = path.join(import.meta.dirname, 'dist', 'main.js');

/** Short rounds over few scripts: whether the bench works is asked here, never how fast anything is. */
const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [main, ...args, '--seconds', '0.2', '--keys', '64']);

const positive = (value: unknown): boolean => typeof value === 'number' && value > 0;

describe('a bench', () => {
  it.each([
    ['append', ['rawPerS', 'commandsPerS', 'ratio']],
    ['visible', ['p50Ms', 'p99Ms']],
  ])(
    '%s starts the real parts and prints its figures as one object',
    async (name, figures) => {
      const { stdout } = await bench(name, '--json');
      const printed = JSON.parse(stdout) as Record<string, unknown>;
      expect(figures.filter((figure) => !positive(printed[figure]))).toEqual([]);
      expect(printed).toMatchObject({ setting: { keys: expect.stringContaining('64 scripts') } });
    },
    120_000,
  );

  it('log runs the node and a server that does nothing, each alone, and prints all figures', async () => {
    const { stdout } = await bench('log', '--json', '--events', '2000');
    const printed = JSON.parse(stdout) as Record<string, unknown>;
    const figures = [
      ...[
        'seqPerS',
        'append64PerS',
        'batch10EventsPerS',
        'readPerS',
        'catchUpPerS',
        'liveP50Ms',
        'liveP99Ms',
      ],
      ...['noopAppend64PerS', 'noopReadPerS', 'storeAppendPerS', 'fsyncPerS', 'start1mMs'],
    ];
    expect(figures.filter((figure) => !positive(printed[figure]))).toEqual([]);
    expect(printed).toMatchObject({ setting: { start: expect.stringContaining('2000 events') } });
  }, 120_000);

  it('that does not exist is answered with those that do', async () => {
    await expect(bench('apend')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('append '),
    });
  });
});

describe('a soak', () => {
  it('E12 log-kill kills the node under its writers and finds nothing lost', async () => {
    const soak = path.join(import.meta.dirname, 'dist', 'soak.js');
    const { stdout } = await promisify(execFile)(process.execPath, [
      soak,
      'log-kill',
      '--rounds',
      '2',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ rounds: 2, lost: 0, faults: [], acked: expect.any(Number) });
  }, 120_000);
});

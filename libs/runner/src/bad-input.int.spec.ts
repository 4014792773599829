import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type CountedRuns, countRuns } from './counted-runs.fixtures.js';
import { openTestRunner } from './runner.fixtures.js';
import type { Run } from './runner.fixtures.js';
import { defaultLimits } from './index.js';
import type { RunLimits, RunOutcome, Runner, Runtime } from './index.js';

jest.setTimeout(30_000);
let runner: Runner;
let runs: CountedRuns;
beforeAll(async () => {
  runner = await openTestRunner();
  await Promise.all([runner.sandboxOf('node'), runner.sandboxOf('python')]);
  runs = await countRuns(runner);
}, 120_000);
afterAll(() => runner.close());

/** Fails when the host has anything after the run that it had not before it. */
const run = (runtime: Runtime, source: string, limits: Partial<RunLimits> = {}): Promise<Run> =>
  runs.run(runtime, source, { limits });

type Case = readonly [
  what: string,
  runtime: Runtime,
  source: string,
  verdict: Partial<RunOutcome>,
  limits?: Partial<RunLimits>,
];

const soon = { timeoutMs: 1_500 };
const tooDeep = { name: 'ResultInvalid', message: 'The result is nested deeper than 400 levels.' };
const timedOut = { status: 'timeout', reason: 'time-limit' } as const;
const failed = (reason: string) => ({ status: 'failed', reason }) as Partial<RunOutcome>;

const scripts: readonly Case[] = [
  ['does not parse', 'node', 'export function run( {', failed('source-invalid')],
  ['does not parse', 'python', 'def run(:', failed('source-invalid')],
  ['throws while it is loaded', 'node', 'throw new TypeError("no")', failed('script-error')],
  ['throws', 'node', 'export function run() { throw new TypeError("no") }', failed('script-error')],
  [
    'throws later',
    'node',
    'export const run = () => new Promise(() => setTimeout(() => { throw 1 }))',
    failed('script-error'),
  ],
  ['throws', 'python', 'def run(i, c): raise ValueError("no")', failed('script-error')],
  ['fails', 'shell', 'exit 3', { ...failed('exit-code'), exitCode: 3 }],
  ['has no such function', 'node', 'export function other() {}', failed('entrypoint-missing')],
  ['has no such function', 'python', 'run = 1', failed('entrypoint-missing')],
  ['loops', 'node', 'export function run() { for (;;); }', timedOut, soon],
  ['loops', 'python', 'def run(i, c):\n  while True: pass', timedOut, soon],
  ['loops', 'shell', 'while :; do :; done', timedOut, soon],
  [
    'never answers',
    'node',
    'export const run = () => new Promise((r) => setTimeout(r, 1e6))',
    timedOut,
    soon,
  ],
  ['waits for nothing', 'node', 'export const run = () => new Promise(() => {})', failed('result-missing')],
  [
    'ignores SIGTERM',
    'node',
    'process.on("SIGTERM", () => {}); export const run = () => new Promise((r) => setTimeout(r, 1e6))',
    { ...timedOut, exitCode: 137 },
    soon,
  ],
  [
    'ignores SIGTERM',
    'python',
    'import signal\ndef run(i, c):\n  signal.signal(signal.SIGTERM, signal.SIG_IGN)\n  while True: pass',
    { ...timedOut, exitCode: 137 },
    soon,
  ],
  [
    'eats memory',
    'node',
    'export function run() { const all = []; for (;;) all.push(Buffer.alloc(1e6, 1)) }',
    { ...failed('out-of-memory'), oomKilled: true },
  ],
  [
    'fills its heap',
    'node',
    'export function run() { const all = []; for (;;) all.push({ x: [all.length] }) }',
    failed('out-of-memory'),
    { memoryMb: 64 },
  ],
  [
    'eats memory',
    'python',
    'def run(i, c):\n  all = []\n  while True: all.append(bytearray(1000000))',
    { ...failed('out-of-memory'), oomKilled: true },
  ],
  [
    'forks without end',
    'python',
    'import os\ndef run(i, c):\n  while True:\n    try: os.fork()\n    except OSError: pass',
    timedOut,
    soon,
  ],
  ['forks without end', 'shell', 'bomb() { bomb | bomb & }; bomb; while :; do :; done', timedOut, soon],
  [
    'writes until full',
    'node',
    'import fs from "node:fs"; export function run() { for (let i = 0; ; i += 1) fs.writeFileSync("/tmp/f" + i, Buffer.alloc(1e6)) }',
    failed('script-error'),
  ],
  ['writes until full', 'shell', 'cat /dev/zero > /tmp/full', { ...failed('exit-code'), exitCode: 1 }],
  ['returns no JSON', 'node', 'export const run = () => () => 1', failed('result-invalid')],
  [
    'returns a number that JSON has not',
    'node',
    'export const run = () => ({ a: NaN })',
    failed('result-invalid'),
  ],
  [
    'returns what turns in a circle',
    'node',
    'export function run() { const a = []; a.push(a); return a }',
    failed('result-invalid'),
  ],
  ['returns half a character', 'node', 'export const run = () => "\\ud800"', failed('result-invalid')],
  [
    'returns what is too deep',
    'node',
    'export const run = () => JSON.parse("[".repeat(5000) + "]".repeat(5000))',
    failed('result-invalid'),
  ],
  ['returns a Map', 'node', 'export const run = () => ({ a: new Map() })', failed('result-invalid')],
  ['returns no JSON', 'python', 'def run(i, c): return {1, 2}', failed('result-invalid')],
  ['A6 returns what would be rounded', 'python', 'def run(i, c): return 2**53 + 1', failed('result-invalid')],
  [
    'A3 returns what is too deep for its own JSON',
    'python',
    'def run(i, c):\n  a = 1\n  for _ in range(5000): a = [a]\n  return a',
    { ...failed('result-invalid'), error: tooDeep },
  ],
  [
    'A3 returns what is too deep for its own JSON',
    'node',
    'export function run() { let a = 1; for (let i = 0; i < 1e5; i += 1) a = [a]; return a }',
    { ...failed('result-invalid'), error: tooDeep },
  ],
  ['leaves no JSON', 'shell', 'echo "no" > "$STEMMA_RESULT"', failed('result-invalid')],
  ['leaves broken text', 'shell', 'printf "\\042\\377\\042" > "$STEMMA_RESULT"', failed('result-invalid')],
  ['returns too much', 'node', 'export const run = () => "x".repeat(2e6)', failed('output-limit')],
  [
    'ends by itself',
    'node',
    'export const run = () => process.exit(0)',
    { ...failed('result-missing'), exitCode: 0 },
  ],
];

describe('a script that', () => {
  it.concurrent.each(scripts)(
    '%s (%s) gets its verdict',
    async (_what, runtime, source, verdict, limits = {}) => {
      const { outcome } = await run(runtime, source, limits);
      expect(outcome).toMatchObject({
        error: { name: expect.any(String), message: expect.any(String) },
        ...verdict,
        output: null,
      });
    },
  );

  it.concurrent.each([
    [
      'node',
      'export function run() { const line = "x".repeat(1e6) + "\\n"; for (let i = 0; i < 1000; i += 1) console.log(line) }',
    ],
    ['python', 'import os\ndef run(i, c):\n  for n in range(1000): os.write(1, b"x" * 1000000)'],
    ['shell', 'head -c 1000000000 /dev/zero'],
  ] as const)('D7 prints 1 GB (%s) is stopped at the cap', async (runtime, source) => {
    const before = process.memoryUsage().rss;
    const { outcome, logs } = await run(runtime, source);
    expect(outcome).toMatchObject(failed('log-limit'));
    const characters = logs.reduce((sum, { message }) => sum + message.length, 0);
    expect(characters).toBeLessThanOrEqual(defaultLimits.logBytes);
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });

  it.concurrent('prints many short lines is stopped at the cap of lines', async () => {
    const { outcome, logs } = await run('shell', 'yes');
    expect(outcome).toMatchObject(failed('log-limit'));
    expect(logs.length).toBeLessThanOrEqual(defaultLimits.logLines);
  });

  it.concurrent.each([
    ['a second result', '[0x8a, 0, 0, 0, 1, 0x31]'],
    ['a result before the script is done', '[0x8a, 0, 0, 0, 1, 0x31, 0x83, 0, 0, 0, 0]'],
    ['a length of 4 GB', '[0x83, 0xff, 0xff, 0xff, 0xff, 0x31]'],
    ['a type that there is not', '[0x77, 0, 0, 0, 0]'],
    ['a frame of the other direction', '[0x01, 0, 0, 0, 2, 0x7b, 0x7d]'],
    ['bytes for an artifact that is not open', '[0x87, 0, 0, 0, 5, 0, 0, 0, 9, 1]'],
    ['a log that is no JSON', '[0x85, 0, 0, 0, 1, 0x7b]'],
  ])('forges %s spoils its own run only', async (_what, bytes) => {
    const source = `import fs from 'node:fs';
      export async function run() {
        fs.writeSync(4, Buffer.from(${bytes}));
        await new Promise((resolve) => setTimeout(resolve, 50));
        return 'honest';
      }`;
    expect((await run('node', source)).outcome).toMatchObject({
      ...failed('protocol-violation'),
      output: null,
    });
  });

  it.concurrent('forges a result and dies cannot pass for completed', async () => {
    const source = `import fs from 'node:fs';
      export function run() { fs.writeSync(4, Buffer.from([0x8a, 0, 0, 0, 1, 0x31])); process.exit(9); }`;
    expect((await run('node', source)).outcome).toMatchObject({
      ...failed('exit-code'),
      exitCode: 9,
      output: null,
    });
  });
});

describe('the host after all of them', () => {
  it('is as it was before: containers, processes, control groups, files, mounts, networks, volumes, memory', async () => {
    expect(runs.count()).toBeGreaterThan(scripts.length);
    await runs.expectNothingLeft();
  });
});

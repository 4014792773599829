import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '../servers/process-identity.js';
import type { Server } from '../servers/program.js';
import { waitUntil } from '../servers/wait-until.js';
import { openLogFile } from './log-file.js';
import { supervise } from './supervise.js';
import type { Crash, Watch } from './supervise.js';

const dir = mkdtempSync(join(tmpdir(), 'stemma-supervise-'));
afterAll(() => rmSync(dir, { recursive: true }));

const server = (script: string, ready: Server['ready'] = () => Promise.resolve()): Server => ({
  program: {
    name: 'sample',
    file: '/bin/sh',
    args: ['-c', script],
    stopSignal: 'TERM',
    stopWithinSeconds: 1,
  },
  url: '',
  ready,
});

interface Seen extends Watch {
  readonly pids: number[];
  readonly crashes: Crash[];
  readonly lines: string[];
  returns: number;
}

function watching(): Seen {
  const seen: Seen = {
    pids: [],
    crashes: [],
    lines: [],
    returns: 0,
    onLine: (line) => seen.lines.push(line),
    onStart: (pid) => seen.pids.push(pid),
    onCrash: (crash) => seen.crashes.push(crash),
    onReturn: () => (seen.returns += 1),
  };
  return seen;
}

const until = (what: string, so: () => boolean): Promise<void> =>
  waitUntil(what, () => (so() ? Promise.resolve() : Promise.reject(new Error('not yet'))));

describe('a supervised process', () => {
  it('comes back when it crashes, and that is said', async () => {
    const seen = watching();
    const supervised = supervise(server('echo here; exec sleep 1000'), seen);
    await supervised.ready;
    process.kill(seen.pids[0] ?? 0, 'SIGKILL');
    await until('a second start', () => seen.pids.length === 2 && seen.returns === 1);
    expect(seen.crashes).toMatchObject([
      { name: 'sample', code: 137, crashes: 1, keepsCrashing: false, delayMs: 250 },
    ]);
    expect(identifyProcess(seen.pids[1] ?? 0)).toBeDefined();
    await supervised.stop();
    expect(identifyProcess(seen.pids[1] ?? 0)).toBeUndefined();
    expect(seen.crashes).toHaveLength(1);
  });

  it('that keeps crashing is said loudly, with its last words, and still started again', async () => {
    const seen = watching();
    const never = server('echo "no such table" >&2; exit 3', (signal) =>
      waitUntil('never', () => Promise.reject(new Error('away')), { signal }),
    );
    const supervised = supervise(never, seen);
    await expect(supervised.ready).rejects.toThrow(
      /sample keeps crashing \(5 times, exit code 3\)[^]*no such table/,
    );
    expect(seen.crashes.map(({ keepsCrashing }) => keepsCrashing)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    await supervised.stop();
  }, 20_000);

  it('can be stopped while it waits to be started again', async () => {
    const seen = watching();
    const supervised = supervise(server('exit 1'), seen);
    await until('two crashes', () => seen.crashes.length === 2);
    await supervised.stop();
    const starts = seen.pids.length;
    await supervised.stop();
    expect(seen.pids).toHaveLength(starts);
  });
});

describe('the log of a process', () => {
  it('is capped: the full file steps aside, over the one before', () => {
    const file = join(dir, 'logs', 'sample.log');
    const write = openLogFile(file, 100);
    for (let line = 0; line < 100; line += 1) write(`line ${line}`);
    expect(readFileSync(file, 'utf8')).toMatch(/line 99\n$/);
    expect(existsSync(`${file}.1`)).toBe(true);
    expect(readFileSync(file).length + readFileSync(`${file}.1`).length).toBeLessThan(250);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from './main-job/run-main-job.js';
import type { RunReport } from './main-job/run-example.js';
import { requireCommand } from './servers/find-command.js';
import { expectHealthy, root } from './servers/node-process.js';
import { identifyProcess } from './servers/process-identity.js';
import { waitUntil } from './servers/wait-until.js';
import type { LocalInfo } from './state-dir.js';

const home = mkdtempSync(join(tmpdir(), 'stemma-start-'));
const stateDir = join(home, 'a home with spaces', '.stemma');
const anyPort = {
  STEMMA_PORT: '0',
  STEMMA_PROJECTOR_PORT: '0',
  STEMMA_EVENT_NODE_PORT: '0',
  STEMMA_POSTGRES_PORT: '0',
  STEMMA_REDIS_PORT: '0',
};
const limit = 120_000;
const started: ChildProcess[] = [];

beforeAll(() => void mkdirSync(join(home, 'a home with spaces'), { mode: 0o700 }));
afterAll(async () => {
  for (const child of started) child.kill('SIGTERM');
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  rmSync(home, { recursive: true, force: true });
}, limit);

interface Start {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

/** As scripts/start.mjs does it when the machine is set up, which it is when specs run. */
const script = `
  import { runNode } from ${JSON.stringify(join(root, 'scripts', 'setup', 'run-node.mjs'))};
  const args = ['apps/local/dist/main.js', ...process.argv.slice(1)];
  process.exitCode = await runNode(process.execPath, args, { cwd: ${JSON.stringify(root)}, env: process.env });
`;

function startWith(more: NodeJS.ProcessEnv, ...args: string[]): Start {
  const env = { ...process.env, ...anyPort, STEMMA_STATE_DIR: stateDir, NODE_OPTIONS: '', ...more };
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += String(chunk)));
  child.stderr.on('data', (chunk) => (said.err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => said.out, err: () => said.err, ended };
}

const start = (...args: string[]): Start => startWith({}, ...args);

/** A PATH with all that it takes but `redis-server`. */
function pathWithoutRedis(): string {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  for (const command of ['unshare', 'setpriv', 'sleep', 'rm', 'true']) {
    symlinkSync(requireCommand(command, `${command} is missing`), join(bin, command));
  }
  return bin;
}

let firstRuns: readonly RunReport[] = [];

function runsOf({ runs }: Summary): readonly RunReport[] {
  if (runs === 'waiting') throw new Error('no script was run: Redis or the container engine is missing');
  return runs;
}

const local = (): LocalInfo => JSON.parse(readFileSync(join(stateDir, 'local.json'), 'utf8')) as LocalInfo;
const everyPid = ({ pid, pids }: LocalInfo): number[] => [pid, ...Object.values(pids)];
const until = (what: string, so: () => boolean, withinMs = 60_000): Promise<void> =>
  waitUntil(what, () => (so() ? Promise.resolve() : Promise.reject(new Error('not yet'))), { withinMs });
const untilUp = (running: Start): Promise<void> =>
  Promise.race([
    until('a start that is up', () => running.out().includes('Ctrl-C stops everything'), 90_000),
    running.ended.then((code) => Promise.reject(new Error(`it ended (${code}): ${running.err()}`))),
  ]);
const expectGone = async (pids: readonly number[]): Promise<void> => {
  await until('the end of every process', () => pids.every((pid) => identifyProcess(pid) === undefined));
  expect(pids.map(identifyProcess)).toEqual(pids.map(() => undefined));
};

describe('npm start', () => {
  it(
    'leads the examples through their life, once, runs them on their data, and says so in one object',
    async () => {
      const first = start('--once', '--json');
      expect({ code: await first.ended, said: first.err() }).toMatchObject({ code: 0 });
      const summary = JSON.parse(first.out()) as Summary;
      expect(summary).toMatchObject({
        ok: true,
        scripts: [{ slug: 'clean-sales' }, { slug: 'word-report' }],
      });
      for (const story of summary.scripts) {
        expect(story).toMatchObject({ outcome: 'told', activeNumber: 4, failure: null, events: 14 });
        expect(story.versions.map(({ state }) => state)).toEqual(['active', 'archived', 'archived', 'draft']);
      }
      expect(runsOf(summary)).toMatchObject([
        {
          slug: 'clean-sales',
          status: 'completed',
          number: 4,
          replayed: false,
          output: { orders: 3669, revenue: 993612.95 },
          artifacts: [{ name: 'report.md' }, { name: 'clean.csv' }, { name: 'rejected.csv' }],
        },
        {
          slug: 'word-report',
          status: 'completed',
          number: 4,
          replayed: false,
          output: { words: 827, sentences: 53 },
          artifacts: [{ name: 'report.md' }, { name: 'words.csv' }],
        },
      ]);
      for (const shown of ['3669 orders of 2025 are clean', '# Sales of 2025', 'clean.csv     241.1 kB']) {
        expect(first.err()).toContain(shown);
      }
      firstRuns = runsOf(summary);
      expect(existsSync(join(stateDir, 'local.json'))).toBe(false);
    },
    limit,
  );

  it(
    'finds everything there the second time, makes no second copy, and takes less than 10 s',
    async () => {
      const since = performance.now();
      const second = start('--once', '--json');
      expect({ code: await second.ended, said: second.err() }).toMatchObject({ code: 0 });
      const summary = JSON.parse(second.out()) as Summary;
      for (const story of summary.scripts) {
        expect(story).toMatchObject({ outcome: 'found', activeNumber: 4, events: 14 });
        expect(story.versions).toHaveLength(4);
      }
      expect(runsOf(summary)).toEqual(firstRuns.map((run) => ({ ...run, replayed: true })));
      expect(performance.now() - since).toBeLessThan(10_000);
    },
    limit,
  );

  it(
    'stays up: refuses a second one beside it, brings back what crashes, and leaves nothing after Ctrl-C',
    async () => {
      const running = start();
      await untilUp(running);
      const before = local();

      const beside = start('--once');
      expect(await beside.ended).toBe(1);
      expect(beside.err()).toContain(
        `Another Stemma (process ${before.pid}) runs on ${stateDir}. Its API is ${before.apiUrl}.`,
      );

      for (const name of ['api', 'postgres']) {
        process.kill(local().pids[name] ?? 0, 'SIGKILL');
        await until(`${name} being back`, () => running.out().includes(`${name.padEnd(14)}  is back`));
      }
      await waitUntil('an API that is ready', () => expectHealthy(`${local().apiUrl}/health/ready`));
      expect(local().pids['api']).not.toBe(before.pids['api']);

      const pids = [...everyPid(before), ...everyPid(local())];
      running.child.kill('SIGINT');
      expect({ code: await running.ended, said: running.err() }).toEqual({ code: 0, said: '' });
      await expectGone(pids);
    },
    limit,
  );

  it(
    'leaves nothing when it is killed outright, and starts again on what it had',
    async () => {
      const running = start();
      await untilUp(running);
      const pids = everyPid(local());
      process.kill(local().pid, 'SIGKILL');
      await running.ended;
      await expectGone(pids);

      const after = start('--once', '--json');
      expect({ code: await after.ended, said: after.err() }).toMatchObject({ code: 0 });
      expect((JSON.parse(after.out()) as Summary).scripts.map(({ outcome }) => outcome)).toEqual([
        'found',
        'found',
      ]);
    },
    limit,
  );

  it(
    'ends when the script that started it is killed',
    async () => {
      const running = start();
      await untilUp(running);
      const pids = everyPid(local());
      running.child.kill('SIGKILL');
      await expectGone(pids);
    },
    limit,
  );

  it(
    'names what runs lack when there is no Redis, and does all the rest',
    async () => {
      const without = startWith({ PATH: pathWithoutRedis() }, '--once', '--json');
      expect({ code: await without.ended, said: without.err() }).toMatchObject({ code: 0 });
      expect(without.err()).toMatch(
        /Redis is missing: apt-get install redis-server[^]*REDIS_URL[^]*runs wait/,
      );
      expect(without.err()).toContain('No script was run: runs wait for Redis and a container engine.');
      expect(JSON.parse(without.out())).toMatchObject({ ok: true, runs: 'waiting' });
    },
    limit,
  );

  it(
    'says what is wrong with its options and settings, and starts nothing',
    async () => {
      const wrong = start('--everything');
      expect(await wrong.ended).toBe(1);
      expect(wrong.err()).toMatch(/Unknown option '--everything'[^]*Usage: npm start/);
    },
    limit,
  );
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { problem, someScript } from './api-answers.fixtures.js';
import { furnishDirectory } from './run-cli.fixtures.js';
import { type Replies, startStubApi, type StubApi } from './stub-api.fixtures.js';

const main = path.resolve(import.meta.dirname, '../dist/main.js');
let api: StubApi | undefined;
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await api?.stop();
  api = undefined;
});

function begin(directory: string, env: NodeJS.ProcessEnv, argv: readonly string[]) {
  const child = spawn(process.execPath, [main, ...argv], {
    cwd: directory,
    env: { PATH: process.env['PATH'], STEMMA_STATE_DIR: path.join(directory, '.stemma'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, exited, err: text(child.stderr) };
}

async function stub(replies: Replies): Promise<NodeJS.ProcessEnv> {
  api = await startStubApi(replies);
  return { STEMMA_API_URL: api.url };
}

describe('the program', () => {
  it('names the reason when the API is away', async () => {
    const env = await stub({});
    await api?.stop();
    api = undefined;
    const { exited, err } = begin(furnishDirectory(), env, ['script', 'submit', 'a1', '1']);
    expect(await exited).toBe(6);
    expect(await err).toMatch(
      /^The API is away: No API answers at \S+ \(from STEMMA_API_URL\): connect ECONNREFUSED \S+\.$/m,
    );
  });

  it('ends quietly when its reader has read enough', async () => {
    const items = Array.from({ length: 5_000 }, (_, at) => ({ ...someScript, slug: `script-${at}` }));
    const env = await stub({ 'GET /v1/scripts': { body: { items, next: null } } });
    const { child, exited, err } = begin(furnishDirectory(), env, ['script', 'list']);
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    expect(await exited).toBe(0);
    expect(await err).toBe('');
  });

  it('ends at once and quietly on Ctrl-C', async () => {
    let asked = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    const env = await stub({
      'GET /v1/whoami': () => {
        asked();
        return undefined;
      },
    });
    const { child, exited, err } = begin(furnishDirectory(), env, ['whoami']);
    await waiting;
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    expect(await err).toBe('');
  });

  it('reads files from where npm was called', async () => {
    const env = await stub({
      'GET /v1/scripts/a1': { body: { ...someScript, slug: 'a1' } },
      'POST /v1/scripts/a1/versions': problem(409, 'stale-base'),
    });
    const directory = furnishDirectory();
    mkdirSync(path.join(directory, 'below'));
    writeFileSync(path.join(directory, 'below', 'x.py'), 'pass');
    const asNpmDoes = { npm_lifecycle_event: 'stemma', INIT_CWD: path.join(directory, 'below') };
    const { exited } = begin(directory, { ...env, ...asNpmDoes }, ['script', 'push', 'a1', 'x.py']);
    expect(await exited).toBe(5);
    expect(api?.asked.some(({ body }) => body.includes('"source":"pass"'))).toBe(true);
  });

  it('runs an event node until it is told to stop', async () => {
    const directory = furnishDirectory();
    const argv = ['event-node', '--dir', 'log', '--port', '0', '--json'];
    const { child, exited } = begin(directory, {}, argv);
    const [told] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(String(told))).toMatchObject({
      url: expect.stringMatching(/^esdb:\/\/127\.0\.0\.1:\d+/),
    });
    const second = begin(directory, {}, argv);
    expect(await second.exited).toBe(5);
    expect(JSON.parse(await second.err)).toMatchObject({ code: 'directory-in-use' });
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });
});

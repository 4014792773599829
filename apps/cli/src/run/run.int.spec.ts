import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { problem, someRun } from '../api-answers.fixtures.js';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';
import { type Asked, type Replies, startStubApi, type StubApi } from '../stub-api.fixtures.js';

let api: StubApi | undefined;

afterEach(async () => {
  await api?.stop();
  api = undefined;
});

async function beside(replies: Replies) {
  const stub = await startStubApi(replies);
  api = stub;
  const directory = furnishDirectory();
  const env = { STEMMA_API_URL: stub.url };
  return { stub, directory, run: (...argv: readonly string[]) => runIn({ directory, env }, ...argv) };
}

const { runId } = someRun;
const show = `GET /v1/runs/${runId}`;
const logs = `GET /v1/runs/${runId}/logs`;
const line = (attempt: number, offset: number, message: string, stream = 'stdout'): string =>
  `id: ${attempt}-${offset}\ndata: ${JSON.stringify({ at: 1_795_348_800_000 + offset, level: 'info', stream, message })}\n\n`;
const end = 'event: end\ndata: {"status":"completed"}\n\n';
const eventStream = { 'content-type': 'text/event-stream' };

const requested = {
  status: 202,
  body: {
    ...{ runId, changed: true, slug: 'tidy-marks', versionId: someRun.versionId, number: 2 },
    ...{ context: 'production', runtime: 'python', limits: {}, status: 'pending' },
  },
};

describe('run', () => {
  it('uploads the files, requests the run with them, shows its log and ends as it ended', async () => {
    const csv = 'name,mark\n'.repeat(1_000);
    const sha256 = createHash('sha256').update(csv).digest('hex');
    const { stub, directory, run } = await beside({
      'POST /v1/files': ({ body }) => ({
        status: 201,
        body: { sha256: createHash('sha256').update(body).digest('hex'), size: body.length },
      }),
      'POST /v1/scripts/tidy-marks/runs': requested,
      [logs]: { headers: eventStream, body: line(1, 0, 'reading') + line(1, 1, 'oh', 'stderr') + end },
      [show]: { body: someRun },
    });
    writeFileSync(path.join(directory, 'marks.csv'), csv);
    writeFileSync(path.join(directory, 'input.json'), '{"year": 2026}');
    const words = ['--input', 'input.json', '--file', 'marks.csv', '--timeout', '5', '--follow'];
    const { exitCode, out, err } = await run('run', 'tidy-marks', ...words);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(stub.asked.find(({ line: asked }) => asked.endsWith('/runs'))?.body ?? '')).toEqual({
      context: 'production',
      version: null,
      input: { year: 2026 },
      files: [{ name: 'marks.csv', sha256 }],
      timeoutMs: 5_000,
    });
    expect(out).toMatchSnapshot();
  });

  it.each([
    ['failed', 20],
    ['timeout', 21],
    ['cancelled', 22],
  ] as const)(
    'that was followed and %s ends with %i, and tells machines one document',
    async (status, expected) => {
      const ended = {
        ...someRun,
        status,
        reason: 'script-error',
        error: { name: 'E', message: 'no' },
        output: null,
      };
      const { run } = await beside({
        'POST /v1/scripts/tidy-marks/runs': requested,
        [logs]: { headers: eventStream, body: line(1, 0, 'reading') + end },
        [show]: { body: ended },
      });
      const { exitCode, out } = await run('run', 'tidy-marks', '--follow', '--json');
      expect(exitCode).toBe(expected);
      expect(JSON.parse(out)).toMatchObject({ status });
    },
  );

  it('takes up a log that broke off after the last line, and waits until the end is visible', async () => {
    const connections: ((response: ServerResponse) => void)[] = [
      (response) => response.write(line(1, 0, 'one')),
      (response) => response.write(`${line(1, 1, 'two')}id: 1-2\ndata: {"half`),
      (response) => response.end(line(1, 2, 'three') + end),
    ];
    const since: (string | undefined)[] = [];
    let reads = 0;
    const { run } = await beside({
      [logs]: ({ headers }: Asked, response: ServerResponse) => {
        since.push(headers['last-event-id'] as string | undefined);
        response.writeHead(200, eventStream);
        connections.shift()?.(response);
        if (connections.length > 0) setImmediate(() => response.destroy());
        return undefined;
      },
      [show]: () => {
        reads += 1;
        return { body: reads < 3 ? { ...someRun, status: 'running' } : someRun };
      },
    });
    const { exitCode, out } = await run('runs', 'logs', runId, '--follow');
    expect(exitCode).toBe(0);
    expect(since).toEqual([undefined, '1-0', '1-1']);
    expect(out.match(/ (one|two|three)$/gm)).toEqual([' one', ' two', ' three']);
    expect(reads).toBe(3);
  });

  it('is refused before anything is sent when a file or the input cannot be read', async () => {
    const { stub, directory, run } = await beside({});
    writeFileSync(path.join(directory, 'input.json'), '{');
    expect((await run('run', 'tidy-marks', '--file', 'not-there.csv')).exitCode).toBe(2);
    expect((await run('run', 'tidy-marks', '--input', 'input.json')).err).toContain('input.json is not JSON');
    expect(stub.asked).toEqual([]);
  });

  it('says what it is about and what it works through, whole or not at all', async () => {
    const { run, stub } = await beside({ 'POST /v1/scripts/tidy-marks/runs': requested });
    const subject = ['--subject', 'schema=school', '--subject', 'id=7b', '--subject', 'model=class=a'];
    const connector = ['--connector', 'type=sheet', '--connector', 'key=marks'];
    expect((await run('run', 'tidy-marks', ...subject, ...connector)).exitCode).toBe(0);
    expect(JSON.parse(stub.asked[0]?.body ?? '')).toMatchObject({
      subject: { schema: 'school', model: 'class=a', id: '7b' },
      connector: { type: 'sheet', key: 'marks' },
    });
    for (const wrong of [
      subject.slice(2),
      [...subject, '--subject', 'id=7c'],
      ['--connector', 'kind=sheet'],
    ]) {
      const { exitCode, err } = await run('run', 'tidy-marks', ...wrong);
      expect([exitCode, err]).toEqual([2, expect.stringContaining('has each of its parts once: --')]);
    }
    expect(stub.asked.length).toBe(1);
  });

  it('says which command leads on when it is refused', async () => {
    const { run } = await beside({
      'POST /v1/scripts/tidy-marks/runs': problem(409, 'no-active-version'),
      'POST /v1/files': problem(413, 'body-too-large'),
    });
    expect((await run('run', 'tidy-marks')).err).toContain('stemma run tidy-marks --sandbox');
  });
});

describe('runs', () => {
  it('are listed and shown', async () => {
    const { stub, run } = await beside({
      'GET /v1/runs': { body: { items: [someRun], next: null } },
      [show]: { body: someRun },
      [logs]: {
        body: {
          lines: [{ id: '1-0', at: 1_795_348_800_000, level: 'warn', stream: 'log', message: '\u001b[2J' }],
          status: 'running',
        },
      },
    });
    const shown = [
      await run('runs', 'list', '--script', 'tidy-marks', '--mine'),
      await run('runs', 'show', runId),
      await run('runs', 'logs', runId),
    ];
    expect(shown.map(({ out }) => out).join('\n')).toMatchSnapshot();
    expect(stub.asked[0]?.line).toBe('GET /v1/runs?slug=tidy-marks&mine=true&limit=50');
  });

  it('are found by what they set, what they are about, and when they were requested', async () => {
    const { run, stub } = await beside({ 'GET /v1/runs': { body: { items: [someRun], next: null } } });
    const words = ['--var', 'rows=3', '--subject', 'id=7b', '--connector', 'key=a=b', '--trigger', 'manual'];
    await run('runs', 'list', ...words, '--since', '2026-11-21', '--until', '2026-11-22T08:00:00+01:00');
    const { searchParams } = new URL(stub.asked[0]?.line.slice(4) ?? '', 'http://here');
    expect(Object.fromEntries(searchParams)).toEqual({
      ...{ 'var.rows': '3', 'subject.id': '7b', 'connector.key': 'a=b', trigger: 'manual', limit: '50' },
      ...{ from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T07:00:00.000Z' },
    });
    expect((await run('runs', 'list', '--var', 'rows')).exitCode).toBe(2);
    expect((await run('runs', 'list', '--since', 'yesterday')).exitCode).toBe(2);
  });

  it('are cancelled', async () => {
    const { run } = await beside({
      [`POST /v1/runs/${runId}/cancel`]: { body: { runId, changed: true, status: 'cancelling' } },
    });
    expect((await run('runs', 'cancel', runId, '--reason', 'Wrong file')).out).toContain('is being stopped');
  });

  it.each([
    ['cancelling', 6],
    ['cancelled', 0],
  ] as const)('are waited for, and %s in time ends with %i', async (status, expected) => {
    const { run, stub } = await beside({
      [`POST /v1/runs/${runId}/cancel`]: { body: { runId, changed: true, status } },
    });
    expect((await run('runs', 'cancel', runId, '--wait', '3')).exitCode).toBe(expected);
    expect(stub.asked[0]?.line).toBe(`POST /v1/runs/${runId}/cancel?wait=3`);
  });

  it('that are not there are no runs', async () => {
    const { run } = await beside({
      [show]: problem(404, 'run-not-found'),
      [logs]: problem(404, 'run-not-found'),
    });
    expect((await run('runs', 'show', runId)).exitCode).toBe(4);
    expect((await run('runs', 'logs', runId, '--follow')).exitCode).toBe(4);
    expect(await run('runs', 'show', 'no-uuid')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('It must be a UUID.'),
    });
  });

  it('are looked after with the credential of an operator, unless another one is named', async () => {
    const { stub } = await beside({
      'GET /v1/ops/runs': {
        body: { findings: [], seen: { unfinished: 0, jobs: 0, workers: 1, containers: 0 } },
      },
      'GET /v1/blobs/expired': { body: { items: [], count: 0, bytes: 0, keepDays: 90 } },
    });
    const env = { STEMMA_API_URL: stub.url };
    const asked = async (...argv: readonly string[]): Promise<unknown> => {
      await runIn({ directory: furnishDirectory(['author', 'admin']), env }, ...argv);
      return stub.asked.at(-1)?.headers.authorization;
    };
    expect(await asked('runs', 'doctor')).toBe('Bearer stm_admin_secret');
    expect(await asked('blobs', 'expired')).toBe('Bearer stm_admin_secret');
    expect(await asked('runs', 'doctor', '--as', 'author')).toBe('Bearer stm_author_secret');
  });

  it('that were tried again show each attempt, and what it said', async () => {
    const error = { name: 'Error', message: 'not\nyet' };
    const failed = {
      ...{ status: 'failed', reason: 'script-error', error, exitCode: 1, log: null, runMs: 5 },
      ...{ endedAt: someRun.requestedAt, retryAfterMs: 500 },
    };
    const tried = {
      attempt: 1,
      worker: 'w',
      imageDigest: 'i',
      profile: 'p',
      at: someRun.requestedAt,
      failed,
    };
    const { run, stub } = await beside({
      [show]: { body: { ...someRun, attempt: 2, failures: 1, attempts: [tried] } },
      [`${logs}?attempt=1`]: { body: { lines: [], status: 'failed' } },
    });
    expect((await run('runs', 'show', runId)).out).toMatch(/attempt 1 +failed: script-error, not yet\n/);
    const said = await run('runs', 'logs', runId, '--attempt', '1');
    expect(said.out).toBe('Nothing was said; the run is failed.\n');
    expect(stub.asked.at(-1)?.line).toBe(`${logs}?attempt=1`);
    expect((await run('runs', 'logs', runId, '--attempt', '1', '--follow')).exitCode).toBe(2);
    expect((await run('runs', 'logs', runId, '--attempt', 'x')).exitCode).toBe(2);
  });
});

describe('an artifact', () => {
  const bytes = 'a,b\n1,2\n';
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const named = (name: string) => ({ ...someRun, artifacts: [{ name, sha256, size: bytes.length }] });

  it('is saved under its name, once, and printed with -o -', async () => {
    const { directory, run } = await beside({
      [show]: { body: named('tables/summary.csv') },
      [`GET /v1/runs/${runId}/artifacts/tables%2Fsummary.csv`]: { body: bytes },
    });
    const words = ['runs', 'artifact', runId, 'tables/summary.csv'];
    expect((await run(...words)).exitCode).toBe(0);
    expect(readFileSync(path.join(directory, 'summary.csv'), 'utf8')).toBe(bytes);
    expect((await run(...words)).err).toContain('is there already');
    expect((await run(...words, '--force', '--json')).exitCode).toBe(0);
    expect(await run(...words, '-o', '-')).toEqual({ exitCode: 0, out: bytes, err: '' });
  });

  it('whose bytes are not those that the run recorded is not kept', async () => {
    const { directory, run } = await beside({
      [show]: { body: named('summary.csv') },
      [`GET /v1/runs/${runId}/artifacts/summary.csv`]: { body: 'a,b\n1,3\n' },
    });
    const { exitCode, err } = await run('runs', 'artifact', runId, 'summary.csv');
    expect(exitCode).toBe(6);
    expect(err).toContain('is not what the run recorded');
    expect(existsSync(path.join(directory, 'summary.csv'))).toBe(false);
  });

  it('that breaks off is not kept', async () => {
    const { directory, run } = await beside({
      [show]: { body: named('summary.csv') },
      [`GET /v1/runs/${runId}/artifacts/summary.csv`]: (_asked, response) => {
        response.writeHead(200, { 'content-length': '9999' });
        response.write('a,b');
        setImmediate(() => response.destroy());
        return undefined;
      },
    });
    expect((await run('runs', 'artifact', runId, 'summary.csv')).exitCode).toBe(6);
    expect(existsSync(path.join(directory, 'summary.csv'))).toBe(false);
  });

  it.each(['..', '/', 'a/..', '..\\..'])('named %j does not lead out of here', async (name) => {
    const { run } = await beside({ [show]: { body: named(name) } });
    const { exitCode, err } = await run('runs', 'artifact', runId, name);
    expect(exitCode).toBe(4);
    expect(err).toContain('is no name for a file here');
  });

  it('that is not there is answered with those that are', async () => {
    const { run } = await beside({ [show]: { body: someRun } });
    expect((await run('runs', 'artifact', runId, 'other')).err).toContain('these artifacts: summary.csv');
  });
});

describe('the output', () => {
  it('is printed as JSON, small or large', async () => {
    const large = JSON.stringify({ rows: 'x'.repeat(20_000) });
    const sha256 = createHash('sha256').update(large).digest('hex');
    let run = someRun;
    const { run: cli } = await beside({
      [show]: () => ({ body: run }),
      [`GET /v1/runs/${runId}/output`]: { body: large },
    });
    expect(JSON.parse((await cli('runs', 'output', runId)).out)).toEqual({ rows: 3 });
    run = { ...someRun, output: { kind: 'blob', sha256, size: large.length } };
    expect((await cli('runs', 'output', runId, '--json')).out).toBe(large);
    run = { ...someRun, output: null, status: 'failed' };
    expect((await cli('runs', 'output', runId)).exitCode).toBe(4);
  });
});

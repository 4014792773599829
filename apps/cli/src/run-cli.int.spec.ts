import { afterEach, describe, expect, it } from '@jest/globals';
import { logId, problem, someEvent, someScript, someVersion } from './api-answers.fixtures.js';
import { furnishDirectory, runIn } from './run-cli.fixtures.js';
import { type Replies, startStubApi, type StubApi } from './stub-api.fixtures.js';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

let api: StubApi | undefined;

afterEach(async () => {
  await api?.stop();
  api = undefined;
});

/** A directory whose command line speaks to a stub that answers so. */
async function beside(replies: Replies) {
  const stub = await startStubApi(replies);
  api = stub;
  const directory = furnishDirectory();
  writeFileSync(path.join(directory, 'tidy.py'), 'def run(x): return x\n');
  const env = { STEMMA_API_URL: stub.url };
  return { stub, directory, run: (...argv: readonly string[]) => runIn({ directory, env }, ...argv) };
}

const script = 'GET /v1/scripts/tidy-marks';

describe('what answers', () => {
  it('nothing: says what was tried and how to start it', async () => {
    const { stub, run } = await beside({});
    await stub.stop();
    api = undefined;
    const { exitCode, out, err } = await run('script', 'list');
    expect({ exitCode, out }).toEqual({ exitCode: 6, out: '' });
    expect(err).toMatch(/No API answers at http:\/\/127\.0\.0\.1:\d+ \(from STEMMA_API_URL\): /);
    expect(err).not.toContain('--idempotency-key');
    expect(err).toContain('npm start');
    const json = await run('script', 'list', '--json');
    expect(JSON.parse(json.err)).toMatchObject({ code: 'api-away' });
  });

  it('something that hangs up in the middle: says that a command may have been carried out, and how to repeat it', async () => {
    const { stub, run } = await beside({
      [script]: { body: someScript },
      'POST /v1/scripts/tidy-marks/versions/4/submit': (_asked, response) => {
        response.destroy();
        return undefined;
      },
    });
    const { exitCode, err } = await run('script', 'submit', 'tidy-marks');
    const key = stub.asked.at(-1)?.headers['idempotency-key'];
    expect(exitCode).toBe(6);
    expect(err).toContain(`--idempotency-key ${String(key)}`);
  });

  it.each([
    ['a page', { status: 200, body: '<html></html>' }],
    ['a gateway', { status: 502, body: 'Bad Gateway' }],
    ['other JSON', { status: 200, body: { hello: 'world' } }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['a problem of another kind', { status: 404, body: { message: 'Not Found' } }],
  ])('%s: is not taken for the API', async (_name, reply) => {
    const { run } = await beside({ 'GET /v1/whoami': reply });
    const { exitCode, out, err } = await run('whoami');
    expect({ exitCode, out }).toEqual({ exitCode: 6, out: '' });
    expect(err).toMatch(/127\.0\.0\.1/);
  });

  it('a newer API: what it says more is shown to machines and does not disturb', async () => {
    const { run } = await beside({ [script]: { body: { ...someScript, mood: 'calm' } } });
    const { exitCode, out } = await run('script', 'show', 'tidy-marks', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mood: 'calm' });
  });
});

describe('a refusal', () => {
  it.each([
    [400, 'invalid-request', 1],
    [401, 'unauthenticated', 3],
    [403, 'four-eyes', 3],
    [404, 'script-not-found', 4],
    [409, 'stale-base', 5],
    [410, 'content-pruned', 4],
    [412, 'precondition-failed', 5],
    [413, 'content-too-large', 1],
    [422, 'idempotency-key-reused', 1],
    [428, 'base-required', 1],
    [500, 'internal-error', 70],
    [503, 'unavailable', 6],
  ])('%i %s has an exit code that scripts can rely on: %i', async (status, code, expected) => {
    const { run } = await beside({ 'GET /v1/whoami': problem(status, code) });
    const { exitCode, out, err } = await run('whoami', '--json');
    expect({ exitCode, out }).toEqual({ exitCode: expected, out: '' });
    expect(JSON.parse(err)).toEqual(problem(status, code).body);
  });

  it('of a stale push shows the head and what to do next', async () => {
    const stale = { baseNumber: 3, head: { number: 4, versionId: someVersion.versionId, state: 'draft' } };
    const { run } = await beside({
      [script]: { body: someScript },
      'POST /v1/scripts/tidy-marks/versions': problem(409, 'stale-base', stale),
    });
    const { exitCode, err } = await run('script', 'push', 'tidy-marks', 'tidy.py', '--base', '3');
    expect(exitCode).toBe(5);
    expect(err).toBe(
      [
        'Title of stale-base: Detail of stale-base',
        'tidy-marks now: newest 4, in review 3, active 2',
        'Next:',
        '  stemma script diff tidy-marks 3 4',
        '  stemma script push tidy-marks <file> --base 4   (with your change on top of it)',
        '',
      ].join('\n'),
    );
  });

  it('names every fault and where it is', async () => {
    const errors = [{ path: '/slug', message: 'must be shorter' }];
    const { run } = await beside({ 'POST /v1/scripts': problem(400, 'invalid-request', { errors }) });
    const { err } = await run('script', 'create', 'tidy-marks');
    expect(err).toContain('  /slug must be shorter\n');
  });

  it('that is our fault names the request for the operator', async () => {
    const { run } = await beside({ 'GET /v1/whoami': problem(500, 'internal-error') });
    expect((await run('whoami')).err).toContain('For the operator: urn:uuid:7');
  });
});

describe('the position of the last change', () => {
  const position = { 'stemma-position': `${logId}:77` };

  it('is kept from one command to the next, so that who pushes and lists sees the push', async () => {
    const { stub, run } = await beside({
      'POST /v1/scripts': {
        status: 201,
        headers: position,
        body: { scriptId: someScript.scriptId, slug: 'a1', changed: true },
      },
      'GET /v1/scripts': { body: { items: [someScript], next: null } },
    });
    await run('script', 'create', 'a1');
    await run('script', 'list', '--as', 'reviewer');
    expect(stub.asked.at(-1)?.headers).toMatchObject({
      'stemma-min-position': `${logId}:77`,
      authorization: 'Bearer stm_reviewer_secret',
    });
  });

  it('is waited for when the read model is behind', async () => {
    let behind = 2;
    const { stub, run } = await beside({
      [script]: () => {
        behind -= 1;
        if (behind < 0) return { body: someScript };
        return { ...problem(503, 'not-yet-visible'), headers: { 'retry-after': '0' } };
      },
    });
    expect((await run('script', 'show', 'tidy-marks')).exitCode).toBe(0);
    expect(stub.asked).toHaveLength(3);
  });

  it('of another log is forgotten', async () => {
    const { stub, directory, run } = await beside({
      [script]: ({ headers }) =>
        headers['stemma-min-position'] === undefined ? { body: someScript } : problem(409, 'other-log'),
    });
    const positions = path.join(directory, '.stemma', 'cli-positions.json');
    writeFileSync(positions, JSON.stringify({ [stub.url]: `${logId}:1` }));
    expect((await run('script', 'show', 'tidy-marks')).exitCode).toBe(0);
  });
});

describe('commands', () => {
  it('send the key that names them, and one of their own when none is given', async () => {
    const { stub, run } = await beside({
      'POST /v1/scripts/tidy-marks/versions/4/submit': {
        body: {
          scriptId: someScript.scriptId,
          slug: 'tidy-marks',
          changed: true,
          number: 4,
          versionId: someVersion.versionId,
          state: 'in_review',
        },
      },
    });
    await run('--idempotency-key', 'k1', 'script', 'submit', 'tidy-marks', '4');
    await run('script', 'submit', 'tidy-marks', '4');
    const keys = stub.asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe('k1');
    expect(keys[1]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('push the bytes of the file on top of the newest version', async () => {
    const { stub, run } = await beside({
      [script]: { body: someScript },
      'POST /v1/scripts/tidy-marks/versions': problem(503, 'unavailable'),
    });
    await run('script', 'push', 'tidy-marks', 'tidy.py', '--summary', 'Why');
    expect(JSON.parse(stub.asked.at(-1)?.body ?? '')).toEqual({
      baseNumber: 4,
      changeSummary: 'Why',
      content: { runtime: 'python', entrypoint: 'run', source: 'def run(x): return x\n' },
    });
  });

  it('take the version in review for granted, and say so when there is none', async () => {
    const { stub, run } = await beside({ [script]: { body: { ...someScript, inReviewNumber: null } } });
    const { exitCode, err } = await run('script', 'approve', 'tidy-marks');
    expect(exitCode).toBe(5);
    expect(err).toContain('No version of tidy-marks is in review.');
    expect(stub.asked.every(({ line }) => line.startsWith('GET '))).toBe(true);
  });
});

describe('what is shown', () => {
  it('scripts, versions and history stand in tables', async () => {
    const { run } = await beside({
      'GET /v1/scripts': { body: { items: [someScript], next: null } },
      'GET /v1/scripts/tidy-marks/versions': { body: { items: [someVersion], next: null } },
      'GET /v1/scripts/tidy-marks/versions/2': { body: someVersion },
      'GET /v1/scripts/tidy-marks/history': {
        body: { items: [someEvent('DraftCreated', { number: 1, origin: 'saved' })], next: null },
      },
      [script]: { body: someScript },
    });
    const shown = [
      await run('script', 'list'),
      await run('script', 'show', 'tidy-marks'),
      await run('script', 'show', 'tidy-marks', '2'),
      await run('script', 'versions', 'tidy-marks'),
      await run('script', 'history', 'tidy-marks'),
    ];
    expect(shown.map(({ out }) => out).join('\n')).toMatchSnapshot();
  });

  it('pages are read to their end, or to the limit', async () => {
    const entry = (revision: number) => ({ ...someEvent('ScriptEnabled', {}), revision: String(revision) });
    const { run } = await beside({
      'GET /v1/scripts/tidy-marks/history': ({ line }) => {
        const after = Number(new URL(line.slice(4), 'http://x').searchParams.get('after') ?? '-1');
        const next = after < 2 ? String(after + 1) : null;
        return { body: { items: [entry(after + 1)], next } };
      },
    });
    const all = JSON.parse((await run('script', 'history', 'tidy-marks', '--json')).out) as {
      items: unknown[];
    };
    expect(all.items).toHaveLength(4);
    expect((await run('script', 'history', 'tidy-marks', '--limit', '2')).out).toContain('There are more');
  });

  it('a source stays as it is for files, and is harmless on a terminal', async () => {
    const content = { runtime: 'python', entrypoint: 'run', source: '# \u001b[2J\r\nno end' };
    const { directory, stub, run } = await beside({
      'GET /v1/scripts/tidy-marks/versions/1/content': {
        body: { number: 1, contentHash: 'ab', content },
      },
    });
    const words = ['script', 'content', 'tidy-marks', '1'];
    expect((await run(...words)).out).toBe(content.source);
    const seen = await runIn({ directory, env: { STEMMA_API_URL: stub.url }, terminal: true }, ...words);
    expect(seen.out).toBe('# \\u{1b}[2J\\u{0d}\nno end');
  });

  it('a difference is between the active version and the newest', async () => {
    const body = {
      from: 2,
      to: 4,
      same: false,
      source: '@@ -1 +1 @@\n-a\n+b\n',
      fields: [{ path: '/settings/x', change: 'added', to: 1 }],
    };
    const { stub, run } = await beside({
      [script]: { body: someScript },
      'GET /v1/scripts/tidy-marks/diff': { body },
    });
    const { out } = await run('script', 'diff', 'tidy-marks');
    expect(stub.asked.at(-1)?.line).toBe('GET /v1/scripts/tidy-marks/diff?from=2&to=4');
    expect(out).toBe('@@ -1 +1 @@\n-a\n+b\n/settings/x (added)\n+ 1\n');
  });

  it('readiness needs no credential, and is an exit code', async () => {
    const parts = { log: { ok: false, detail: 'connecting' } };
    const { stub, run } = await beside({
      'GET /health/ready': { status: 503, body: { status: 'not-ready', parts } },
    });
    const { exitCode, out } = await run('health');
    expect(exitCode).toBe(6);
    expect(out).toContain('connecting');
    expect(stub.asked[0]?.headers.authorization).not.toContain('secret');
  });
});

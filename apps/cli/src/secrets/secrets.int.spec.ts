import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { furnishDirectory, runIn } from '../run-cli.fixtures.js';
import { type Replies, startStubApi, type StubApi } from '../stub-api.fixtures.js';

const value = 'hunter2-hunter2';
const set = { name: 'TOKEN', version: 3, description: null, sandbox: false };
const shown = {
  ...set,
  ...{ createdAt: '2026-11-20T12:00:00.000Z', createdBy: 'admin' },
  ...{ setAt: '2026-11-21T11:00:00.000Z', setBy: 'bob' },
};

let stub: StubApi | undefined;
afterEach(async () => {
  await stub?.stop();
  stub = undefined;
});

async function tell(given: Replies, how: { stdin?: string; terminal?: boolean }, ...argv: string[]) {
  await stub?.stop();
  stub = await startStubApi(given);
  const directory = furnishDirectory(['admin']);
  writeFileSync(path.join(directory, 'key.pem'), `${value}\r\n`);
  const env = { STEMMA_API_URL: stub.url };
  const outcome = await runIn({ directory, env, ...how }, 'secrets', ...argv);
  return { ...outcome, asked: stub.asked };
}

const put = { 'PUT /v1/secrets/TOKEN': { body: set } };
const bodyOf = (asked: StubApi['asked']): unknown => JSON.parse(asked.at(-1)?.body ?? 'null');

describe('A8 the value of a secret', () => {
  it.each([
    ['from a pipe, without the line end at its end', { stdin: `${value}\n` }, []],
    ['from a file', {}, ['--file', 'key.pem']],
    ['typed at a terminal, and mended there', { stdin: `hunx\u007fter2-hunter2\rmore`, terminal: true }, []],
  ])('comes %s, and is shown nowhere', async (_how, how, more) => {
    const { exitCode, out, err, asked } = await tell(put, how, 'set', 'TOKEN', ...more);
    expect([exitCode, bodyOf(asked)]).toEqual([0, { value }]);
    expect(asked[0]?.headers.authorization).toBe('Bearer stm_admin_secret');
    expect(out + err).toContain('TOKEN is set, version 3');
    expect(out + err).not.toContain('hunter2');
  });

  it('is never taken from the command line, and there has to be one', async () => {
    const extra = await tell(put, {}, 'set', 'TOKEN', value);
    expect([extra.exitCode, extra.asked]).toEqual([2, []]);
    const none = await tell(put, { stdin: '\n' }, 'set', 'TOKEN');
    expect([none.exitCode, none.asked]).toEqual([2, []]);
    expect(none.err).toContain('--file');
    const given = await tell(put, { stdin: 'abc\u0003', terminal: true }, 'set', 'TOKEN');
    expect([given.exitCode, given.asked]).toEqual([2, []]);
  });
});

describe('secrets', () => {
  it('are listed and shown by name, version and who set them', async () => {
    const { out } = await tell({ 'GET /v1/secrets': { body: { items: [shown], next: null } } }, {}, 'list');
    expect(out).toMatch(/TOKEN\s+3\s+production\s+bob/);
    const one = await tell(
      { 'GET /v1/secrets/TOKEN': { body: { ...shown, sandbox: true } } },
      {},
      'show',
      'TOKEN',
    );
    expect(one.out).toMatch(/given to runs in\s+production, sandbox/);
    expect((await tell({ 'GET /v1/secrets': { body: { items: [], next: null } } }, {}, 'list')).out).toBe(
      'There is no secret.\n',
    );
  });

  it('are described, removed after a question, and wrapped anew', async () => {
    const patch = { 'PATCH /v1/secrets/TOKEN': { body: { name: 'TOKEN', changed: true } } };
    const told = await tell(patch, {}, 'describe', 'TOKEN', '--no-sandbox');
    expect(bodyOf(told.asked)).toEqual({ sandbox: false });
    const gone = { 'DELETE /v1/secrets/TOKEN': { body: { name: 'TOKEN', changed: true } } };
    expect((await tell(gone, {}, 'remove', 'TOKEN')).exitCode).toBe(2);
    const removed = await tell(gone, {}, 'remove', 'TOKEN', '--yes', '--reason', 'leaked');
    expect([removed.out, removed.asked[0]?.line]).toEqual([
      'TOKEN is removed.\n',
      'DELETE /v1/secrets/TOKEN?reason=leaked',
    ]);
    const report = { masterKeyId: 'k2', rewrapped: 4, current: 1, unreadable: 0 };
    const rewrapped = await tell({ 'POST /v1/ops/secrets/rewrap': { body: report } }, {}, 'rewrap');
    expect(rewrapped.out).toContain('4 wrapped anew under k2, 1 were so already. Older master keys can');
  });

  it('that are not there say where to look', async () => {
    const missing = {
      type: '/problems/secret-not-found',
      title: 'There is no such secret',
      code: 'secret-not-found',
    };
    const problem = { status: 404, body: { ...missing, status: 404, detail: 'x', instance: 'urn:uuid:1' } };
    const { exitCode, err } = await tell({ 'GET /v1/secrets/TOKEN': problem }, {}, 'show', 'TOKEN');
    expect(exitCode).not.toBe(0);
    expect(err).toContain('stemma secrets list');
  });
});

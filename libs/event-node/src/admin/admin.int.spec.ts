import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeDir, numbered, series, startTestNode, type TestNode, until } from '../test-node.fixtures.js';

let test: TestNode;
let admin: string;
beforeAll(async () => {
  test = await startTestNode({ adminPort: 0 });
  admin = `http://127.0.0.1:${test.node().adminPort}`;
});
afterAll(() => test.remove());

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${admin}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

describe('the admin port', () => {
  it.each(['/health/live', '/health/ready'])('says that all is well at %s', async (path) => {
    const answer = await fetch(admin + path);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('counts appends, events, groups and bytes', async () => {
    const before = await metric('stemma_log_events_total');
    await test.client.appendToStream('counted', series(1, 5));
    await test.client.appendToStream('counted', numbered(6));
    expect((await metric('stemma_log_events_total')) - before).toBe(6);
    expect(await metric('stemma_log_commit_seconds_count')).toBeGreaterThanOrEqual(2);
    expect(await metric('stemma_log_group_appends_count')).toBeGreaterThanOrEqual(2);
    expect(await metric('stemma_log_size_bytes')).toBeGreaterThan(0);
  });

  it('shows subscribers and how far the slowest is behind', async () => {
    const caught = test.client.subscribeToAll();
    await until('subscribed', async () => (await metric('stemma_log_subscribers')) === 1);
    caught.resume();
    await until('no lag', async () => (await metric('stemma_log_subscriber_lag_bytes')) === 0);

    const stuck = test.client.subscribeToAll();
    const wide = (n: number) => ({ ...numbered(n), data: { n, text: 'x'.repeat(90_000) } });
    for (let n = 0; n < 150; n += 10)
      await test.client.appendToStream(
        'wide',
        Array.from({ length: 10 }, (_, k) => wide(n + k)),
      );
    await until('lag', async () => (await metric('stemma_log_subscriber_lag_bytes')) > 1_000_000);
    await stuck.unsubscribe();
    await caught.unsubscribe();
    expect(await metric('stemma_log_open_calls')).toBeGreaterThanOrEqual(1);
    await until('gone', async () => (await metric('stemma_log_subscribers')) === 0);
  });

  it.each([
    ['no JSON', {}, '{"dir":"/tmp/x"}', 415, 'json-only'],
    ['no directory', { 'content-type': 'application/json' }, '{}', 400, 'no-directory'],
    ['a relative directory', { 'content-type': 'application/json' }, '{"dir":"here"}', 400, 'no-directory'],
    ['a broken body', { 'content-type': 'application/json' }, '{', 400, 'no-directory'],
  ])('refuses a backup with %s', async (_, headers, body, status, error) => {
    const answer = await fetch(`${admin}/backup`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    expect([answer.status, await answer.json()]).toMatchObject([status, { error }]);
  });

  it('refuses a backup into a directory that holds something', async () => {
    const answer = await fetch(`${admin}/backup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dir: test.dir }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      500,
      { error: 'backup-failed', detail: expect.stringContaining('not empty') },
    ]);
  });

  it('names its paths to who asks for another', async () => {
    const answer = await fetch(`${admin}/else`);
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { detail: expect.stringContaining('/metrics') },
    ]);
  });

  it('is not there unless asked for', async () => {
    const plain = await startTestNode({ dir: await makeDir() });
    expect(plain.node().adminPort).toBeUndefined();
    await plain.remove();
  });
});

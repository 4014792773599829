import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@stemma/event-store';
import { eventually, startLog } from '@stemma/testing';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';

const stemma = path.resolve(import.meta.dirname, '../../cli/dist/main.js');
const sales = '/v1/scripts/sales';
const goOn = Promise.withResolvers<void>();
let old: TestApi;
let fresh: TestApi;
/** As the old system gave it. */
let token: string;

beforeAll(async () => {
  old = await startTestApi();
  await old.call('POST', '/v1/scripts', { body: { slug: 'sales', details: { name: 'Sales' } } });
  await old.call('POST', `${sales}/versions`, { body: { baseNumber: 0, content: content('v1\n') } });
  token = (await old.call('GET', sales)).headers.get('stemma-position') ?? '';
  const to = await startLog();
  const copy = [stemma, 'log', 'copy', '--from', old.log.url, '--to', to.url, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, copy);
  expect(JSON.parse(stdout)).toMatchObject({ equal: true });
  fresh = await startTestApi({ on: to, projecting: upToTheLast });
}, 60_000);
afterAll(async () => {
  goOn.resolve();
  await Promise.all([old.close(), fresh.close()]);
}, 30_000);

/** A log of which the last event is read only when the spec says so. */
const upToTheLast = (store: EventStore): EventStore => ({
  ...store,
  readBatches: async function* (options) {
    for await (const batch of store.readBatches(options)) {
      yield batch.slice(0, -1);
      await goOn.promise;
      yield batch.slice(-1);
    }
  },
});

/** The principals came along with the log, and so did their keys. */
const read = async (target: string, headers: Readonly<Record<string, string>> = {}): Promise<Called> => {
  const Authorization = `Bearer ${await old.keyOf('author')}`;
  return fresh.call('GET', target, { as: null, headers: { Authorization, ...headers } });
};

describe('a system that was moved to a copy of its log', () => {
  it('says of what is still being built how far it is, and when to come again', async () => {
    const { status, headers, body } = await read(sales);
    expect({ status, body }).toMatchObject({
      status: 503,
      body: {
        code: 'projection-building',
        detail: expect.stringMatching(/^Not readable yet: scripts \d+ \(/),
        building: [{ projection: 'scripts', version: expect.any(Number), step: 'building' }],
      },
    });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }, 15_000);

  it('shows the same when all of it is built, at a position of its own log', async () => {
    goOn.resolve();
    const { body, headers } = await eventually(
      () => read(sales),
      ({ status }) => status === 200,
    );
    expect(body).toMatchObject((await old.call('GET', sales)).body);
    const [oldLog] = token.split(':');
    expect(headers.get('stemma-position')?.split(':')[0]).not.toBe(oldLog);
  }, 30_000);

  it.each([sales, `${sales}/versions`, `${sales}/versions/1`, `${sales}/history`, '/v1/scripts', '/v1/runs'])(
    'H12 refuses a position that the old one gave, and says what to do: %s',
    async (target) => {
      const after = await read(target, { 'Stemma-Min-Position': token });
      const asked = [after, await read(`${target}?asOf=${token}`)];
      for (const { status, body } of asked) {
        expect({ status, body }).toMatchObject({
          status: 409,
          body: {
            code: 'other-log',
            detail: expect.stringMatching(/another log\. Read without it, and take the new/),
          },
        });
      }
    },
  );

  it('takes its own, whole', async () => {
    const own = (await read(sales)).headers.get('stemma-position') ?? '';
    expect((await read(sales, { 'Stemma-Min-Position': own })).status).toBe(200);
    const then = await read(`${sales}?asOf=${own}`);
    expect(then).toMatchObject({ status: 200, body: { latestNumber: 1 } });
    expect(then.headers.get('stemma-position')).toBe(own);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';

let api: TestApi;
let now = Date.parse('2126-11-21T08:00:00.000Z');
/** After each step: the position and the time that it happened at. */
const moments: { readonly position: string; readonly time: string }[] = [];

beforeAll(async () => {
  api = await startTestApi({ clock: () => new Date(now) });
  await step('POST', '/v1/scripts', { slug: 'sales', details: { name: 'Sales' } });
  await step('POST', '/v1/scripts/sales/versions', { baseNumber: 0, content: content('1') });
  await step('PATCH', '/v1/scripts/sales', { name: 'Sales of 2026', baseNumber: 1 });
  await step('POST', '/v1/scripts', { slug: 'bills', details: { name: 'Bills' } });
  await step('POST', '/v1/scripts/sales/versions', { baseNumber: 1, content: content('2') });
  await step('POST', '/v1/scripts/sales/runs', { context: 'sandbox', version: 1, input: {} });
}, 60_000);
afterAll(() => api.close(), 30_000);

async function step(method: string, path: string, body: object): Promise<void> {
  now += 60_000;
  const { status, headers } = await api.call(method, path, { body });
  expect([path, Math.floor(status / 100)]).toEqual([path, 2]);
  const [, position = ''] = (headers.get('stemma-position') ?? '').split(':');
  moments.push({ position, time: new Date(now).toISOString() });
}

const list = ({ body }: Called): readonly Record<string, unknown>[] =>
  body['items'] as readonly Record<string, unknown>[];

describe('asking how things were', () => {
  it.each([
    ['position', (at: number) => moments[at]?.position ?? ''],
    ['time', (at: number) => moments[at]?.time ?? ''],
    [
      'time with another zone',
      (at: number) => (moments[at]?.time ?? '').replace('T08', 'T10').replace('Z', '%2B02:00'),
    ],
  ])('by %s: a script, its versions, its history, and every list', async (_what, at) => {
    const get = (path: string, moment: number) => api.call('GET', `${path}?asOf=${at(moment)}`);
    expect((await get('/v1/scripts/sales', 1)).body).toMatchObject({ name: 'Sales', latestNumber: 1 });
    expect((await get('/v1/scripts/sales', 2)).body).toMatchObject({
      name: 'Sales of 2026',
      latestNumber: 1,
    });
    expect((await get('/v1/scripts/sales', 4)).body).toMatchObject({ latestNumber: 2 });
    expect((await get('/v1/scripts/bills', 2)).status).toBe(404);
    expect(list(await get('/v1/scripts', 2)).map(({ name }) => name)).toEqual(['Sales of 2026']);
    expect(list(await get('/v1/scripts', 3)).map(({ slug }) => slug)).toEqual(['bills', 'sales']);
    expect(list(await get('/v1/scripts/sales/versions', 3)).map(({ number }) => number)).toEqual([1]);
    expect(list(await get('/v1/scripts/sales/versions', 4)).map(({ number }) => number)).toEqual([2, 1]);
    expect((await get('/v1/scripts/sales/versions/2', 3)).status).toBe(404);
    expect((await get('/v1/scripts/sales/versions/2', 4)).body).toMatchObject({ state: 'draft' });
    expect(list(await get('/v1/scripts/sales/history', 2)).map(({ type }) => type)).toEqual([
      'ScriptCreated',
      'DraftCreated',
      'ScriptDetailsChanged',
    ]);
    expect((await get('/v1/scripts/bills/history', 2)).status).toBe(404);
    expect(list(await get('/v1/runs', 4))).toEqual([]);
    const [run] = list(await get('/v1/runs', 5));
    expect(run).toMatchObject({ slug: 'sales', status: 'pending' });
    expect((await get(`/v1/runs/${String(run?.['runId'])}`, 4)).status).toBe(404);
    expect((await get(`/v1/runs/${String(run?.['runId'])}`, 5)).status).toBe(200);
  });

  it('says which position that was, and gives no ETag: what was is no base for a change', async () => {
    const then = await api.call('GET', `/v1/scripts/sales?asOf=${moments[2]?.position ?? ''}`);
    expect(then.headers.get('stemma-position')).toMatch(new RegExp(`:${moments[2]?.position ?? ''}$`));
    expect(then.headers.get('etag')).toBeNull();
    expect((await api.call('GET', '/v1/scripts/sales')).headers.get('etag')).toBe('"3"');
  });

  it.each(['/v1/scripts/sales/versions/1/content', '/v1/secrets', '/v1/whoami'])(
    'is refused where it is not offered, not passed over: %s',
    async (path) => {
      const answer = await api.call('GET', `${path}?asOf=${moments[0]?.position ?? ''}`);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: '?/asOf' }] } });
    },
  );

  it('refuses a position that is still to come, at once; a time that is still to come is now', async () => {
    const end = moments.at(-1)?.position ?? '';
    for (const path of ['/v1/scripts', '/v1/scripts/sales', '/v1/scripts/sales/history', '/v1/runs']) {
      expect(await api.call('GET', `${path}?asOf=${end}`)).toMatchObject({ status: 200 });
      const began = performance.now();
      const early = await api.call('GET', `${path}?asOf=${String(10n ** 15n)}`);
      expect(early).toMatchObject({ status: 400, body: { errors: [{ path: '?/asOf' }] } });
      expect(performance.now() - began).toBeLessThan(2_000);
      const { body } = await api.call('GET', path);
      expect(await api.call('GET', `${path}?asOf=2999-01-01T00:00:00Z`)).toMatchObject({ status: 200, body });
    }
  });

  it.each(['yesterday', '-1', '2026-11-21', '2026-11-21T08:00:00', '99999999999999999999', '1.5', ''])(
    'refuses what names no moment: “%s”',
    async (moment) => {
      const answer = await api.call('GET', `/v1/scripts?asOf=${moment}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );
});

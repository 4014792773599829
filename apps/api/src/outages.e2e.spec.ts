import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { problemSchema } from '@stemma/contracts';
import { eventually } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Called, startTestApi, type TestApi } from './api.fixtures.js';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi({ timing: { appendMs: 1_000, readMs: 1_000, attemptMs: 500 } });
  await create('sales');
}, 60_000);
afterEach(() => api.close(), 30_000);

const create = (slug: string) => api.call('POST', '/v1/scripts', { body: { slug, details: { name: slug } } });
const isOk = ({ status }: Called) => status < 300;

function expectLater(answer: Called): void {
  expect(answer.status).toBe(503);
  expect(problemSchema.parse(answer.body).code).toBe('unavailable');
  expect(answer.headers.get('retry-after')).toBe('1');
}

/** As another process would: straight into the log. */
async function revoke(principal: string): Promise<void> {
  const { body } = await api.call('GET', '/v1/whoami', { as: principal });
  const stream = `apikey-${body['tenantId'] as string}.${body['keyId'] as string}`;
  const data = { keyId: body['keyId'], reason: 'lost' };
  await api.store.append(stream, [{ id: randomUUID(), type: 'ApiKeyRevoked', data, metadata: {} }], 0n);
}

const partsOf = async (): Promise<Record<string, { ok: boolean }>> => {
  const { body } = await api.call('GET', '/health/ready', { as: null });
  return body['parts'] as Record<string, { ok: boolean }>;
};

describe('while the event store is away', () => {
  it('everything is told to come again, nobody is let in, and it heals by itself', async () => {
    await api.log.stop();
    expectLater(await create('other'));
    expectLater(await api.call('GET', '/v1/scripts/sales'));
    const key = `Bearer stm_nobody_${'x'.repeat(43)}`;
    expectLater(await api.call('GET', '/v1/whoami', { as: null, headers: { Authorization: key } }));
    expect((await api.call('GET', '/health/live', { as: null })).status).toBe(200);
    expect((await api.call('GET', '/health/ready', { as: null })).status).toBe(503);
    expect(await partsOf()).toMatchObject({ eventStore: { ok: false }, identities: { ok: false } });
    await api.log.start();
    await eventually(
      () => create('other'),
      ({ status }) => status === 201 || status === 409,
    );
    await eventually(() => api.call('GET', '/health/ready', { as: null }), isOk);
  }, 60_000);

  it('a connection that died without a word keeps no revoked key alive', async () => {
    expect((await api.call('GET', '/v1/whoami')).status).toBe(200);
    api.between.store.halfOpen();
    api.between.store.refuse(true);
    await revoke('author');
    const denied = await eventually(
      () => api.call('GET', '/v1/whoami'),
      ({ status }) => status !== 200,
      2_000,
    );
    expectLater(denied);
    api.between.store.refuse(false);
    api.between.store.cut();
    const { status } = await eventually(
      () => api.call('GET', '/v1/whoami'),
      (answer) => answer.status !== 503,
    );
    expect(status).toBe(401);
    expect((await api.call('GET', '/v1/whoami', { as: 'reviewer' })).status).toBe(200);
  }, 60_000);

  it('a revocation acts within a second, whatever happens to the connection', async () => {
    api.between.store.halfOpen();
    await revoke('author');
    const { status } = await eventually(
      () => api.call('GET', '/v1/whoami'),
      (answer) => answer.status === 401,
      1_500,
    );
    expect(status).toBe(401);
  }, 60_000);
});

describe('while the read model is away', () => {
  it('commands go on, queries are told to come again, and it heals by itself', async () => {
    api.between.database.refuse(true);
    api.between.database.cut();
    const created = await create('other');
    expect(created.status).toBe(201);
    expectLater(
      await eventually(
        () => api.call('GET', '/v1/scripts/sales'),
        ({ body }) => body['code'] === 'unavailable',
      ),
    );
    expect((await api.call('GET', '/v1/scripts/other/history')).status).toBe(200);
    expect(await eventually(partsOf, ({ readModel }) => readModel?.ok === false)).toMatchObject({
      eventStore: { ok: true },
    });
    api.between.database.refuse(false);
    const token = created.headers.get('stemma-position') ?? '';
    const shown = () => api.call('GET', '/v1/scripts/other', { headers: { 'Stemma-Min-Position': token } });
    expect((await eventually(shown, isOk)).body).toMatchObject({ slug: 'other' });
  }, 60_000);
});

describe('stopping', () => {
  it('finishes what was begun, and takes nothing new', async () => {
    const shown = await api.call('GET', '/v1/scripts/sales');
    const [logId] = (shown.headers.get('stemma-position') ?? '').split(':');
    const arrived = once(api.api.app.getHttpServer(), 'request');
    const waiting = api.call('GET', '/v1/scripts/sales', {
      headers: { 'Stemma-Min-Position': `${logId}:999999999999` },
    });
    await arrived;
    const closed = api.api.close();
    expect((await waiting).body).toMatchObject({ code: 'not-yet-visible' });
    await closed;
    await expect(api.call('GET', '/health/live', { as: null })).rejects.toThrow();
  }, 30_000);
});

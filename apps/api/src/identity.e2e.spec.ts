import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_TENANT_ID } from '@stemma/commands';
import { eventually } from '@stemma/testing';
import { type Called, startTestApi, type TestApi } from './api.fixtures.js';
import { parseApiKey } from './identity/api-key.js';

let api: TestApi;
let aheadMs = 0;
beforeAll(async () => {
  api = await startTestApi({ clock: () => new Date(Date.now() + aheadMs) });
}, 60_000);
afterAll(() => api.close(), 30_000);

const bearer = (key: unknown) => ({ Authorization: `Bearer ${String(key)}` });
const withKey = (key: unknown, method: string, path: string, body?: unknown): Promise<Called> =>
  api.call(method, path, { as: null, headers: bearer(key), ...(body !== undefined && { body }) });
const admin = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { as: 'admin', ...(body !== undefined && { body }) });

async function everything(): Promise<string> {
  const all = [];
  for await (const event of api.store.readAll()) all.push(event);
  return JSON.stringify(all, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

describe('a key', () => {
  it('A8 is shown once, stored as a hash, and listed by its beginning', async () => {
    const headers = { 'Idempotency-Key': 'my-key' };
    const body = { label: 'ci', expiresAt: '2999-01-01T00:00:00Z' };
    const first = await api.call('POST', '/v1/keys', { body, headers });
    expect(first.status).toBe(201);
    expect(first.headers.get('cache-control')).toBe('no-store');
    const { key, keyId } = first.body;
    expect((await withKey(key, 'GET', '/v1/whoami')).body).toMatchObject({ person: 'author', keyId });
    const again = await api.call('POST', '/v1/keys', { body, headers });
    expect(again.body).toEqual({ ...first.body, key: null });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { secret = '' } = parseApiKey(String(key)) ?? {};
    expect(secret).toHaveLength(43);
    expect((await everything()) + api.logged()).not.toContain(secret);
    const { items } = (await api.call('GET', '/v1/keys')).body as { items: Record<string, unknown>[] };
    expect(items.find((item) => item['keyId'] === keyId)).toMatchObject({
      prefix: `stm_${String(keyId)}_`,
      person: 'author',
      label: 'ci',
      revoked: false,
    });
  });

  it('is narrowed to its scopes, and makes no better one of itself', async () => {
    const expiresAt = '2999-01-01T00:00:00Z';
    const scopes = ['script:read', 'key:own'];
    const { key } = (await api.call('POST', '/v1/keys', { body: { scopes, expiresAt } })).body;
    expect((await withKey(key, 'GET', '/v1/scripts')).status).toBe(200);
    const write = await withKey(key, 'POST', '/v1/scripts', { slug: 'no', details: { name: 'No' } });
    expect(write.body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(write.text).toContain('narrowed');
    for (const wider of [
      {},
      { scopes: ['script:write'], expiresAt },
      { scopes: ['script:read'] },
      { scopes: ['script:read'], expiresAt: '2999-01-02T00:00:00Z' },
    ]) {
      expect((await withKey(key, 'POST', '/v1/keys', wider)).status).toBe(403);
    }
    const narrower = await withKey(key, 'POST', '/v1/keys', { scopes: ['script:read'], expiresAt });
    expect(narrower.status).toBe(201);
    const unknown = await api.call('POST', '/v1/keys', { body: { scopes: ['script:fly'] } });
    expect(unknown.body).toMatchObject({ status: 400, errors: [{ path: '/scopes/0' }] });
    const late = await api.call('POST', '/v1/keys', { body: { expiresAt: '2020-01-01T00:00:00Z' } });
    expect(late.body).toMatchObject({ code: 'key-expired' });
  });

  it('of somebody else is made, seen and revoked by an administrator alone', async () => {
    expect((await api.call('POST', '/v1/keys', { body: { person: 'reviewer' } })).status).toBe(403);
    expect((await api.call('GET', '/v1/keys?all=true')).status).toBe(403);
    const { key, keyId } = (await admin('POST', '/v1/keys', { person: 'reviewer' })).body;
    expect((await withKey(key, 'GET', '/v1/whoami')).body).toMatchObject({ person: 'reviewer' });
    const path = `/v1/keys/${String(keyId)}`;
    const [others, missing] = [await api.call('DELETE', path), await api.call('DELETE', '/v1/keys/ghost')];
    const plain = ({ text }: Called) => text.replace(/urn:uuid:[^"]+/, '');
    expect([others.status, plain(others)]).toEqual([404, plain(missing)]);
    expect((await admin('GET', '/v1/keys?all=true')).text).toContain(String(keyId));
    expect((await admin('DELETE', `${path}?reason=lost`)).body).toEqual({ keyId, changed: true });
    expect((await withKey(key, 'GET', '/v1/whoami')).status).toBe(401);
    expect((await admin('DELETE', path)).body).toEqual({ keyId, changed: false });
    expect((await admin('POST', '/v1/keys', { person: 'ghost' })).body).toMatchObject({
      code: 'principal-not-found',
    });
  });
});

describe('a principal', () => {
  it('is one person with any number of keys, for four eyes too', async () => {
    await admin('POST', '/v1/principals', { subject: 'ann', roles: ['author', 'reviewer'] });
    const [one, two] = await Promise.all(
      [1, 2].map(async () => (await admin('POST', '/v1/keys', { person: 'ann' })).body['key']),
    );
    await withKey(one, 'POST', '/v1/scripts', { slug: 'hers', details: { name: 'Hers' } });
    const content = { runtime: 'python', source: 'x' };
    await withKey(one, 'POST', '/v1/scripts/hers/versions', { baseNumber: 0, content });
    await withKey(one, 'POST', '/v1/scripts/hers/versions/1/submit');
    const approval = await withKey(two, 'POST', '/v1/scripts/hers/versions/1/approve');
    expect(approval.body).toMatchObject({ status: 403, code: 'four-eyes' });
  });

  it('is given other roles, suspended and restored, all at once effective, and never by itself', async () => {
    await admin('POST', '/v1/principals', { subject: 'bob', kind: 'service', roles: ['viewer'] });
    const { key } = (await admin('POST', '/v1/keys', { person: 'bob' })).body;
    const create = () => withKey(key, 'POST', '/v1/scripts', { slug: 'bobs', details: { name: 'Bob’s' } });
    expect((await create()).status).toBe(403);
    await admin('PUT', '/v1/principals/bob/roles', { roles: ['author'] });
    expect((await create()).status).toBe(201);
    await admin('POST', '/v1/principals/bob/suspend', { reason: 'left' });
    expect((await create()).status).toBe(401);
    expect((await admin('GET', '/v1/principals/bob')).body).toMatchObject({
      kind: 'service',
      suspended: true,
      createdBy: 'admin',
    });
    await admin('POST', '/v1/principals/bob/restore');
    expect((await withKey(key, 'GET', '/v1/scripts')).status).toBe(200);
    for (const [method, path, body] of [
      ['PUT', 'roles', { roles: [] }],
      ['POST', 'suspend', {}],
    ] as const) {
      const answer = await admin(method, `/v1/principals/admin/${path}`, body);
      expect(answer.body).toMatchObject({ status: 409, code: 'own-principal' });
    }
  });

  it('has a name and an address that stand in no event and can be forgotten', async () => {
    const entry = { displayName: 'Ann Nymous', mail: 'ann.nymous@example.org' };
    expect((await admin('PUT', '/v1/principals/reviewer/directory', entry)).status).toBe(200);
    const me = () => api.call('GET', '/v1/whoami', { as: 'reviewer' });
    expect((await me()).body).toMatchObject(entry);
    expect((await admin('GET', '/v1/principals')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ subject: 'reviewer', ...entry })]),
    });
    const names = await api.call('GET', '/v1/directory');
    expect(names.body).toEqual({ items: [{ subject: 'reviewer', displayName: entry.displayName }] });
    expect((await everything()) + api.logged()).not.toMatch(/nymous/i);
    expect((await api.call('DELETE', '/v1/whoami/directory', { as: 'reviewer' })).body).toMatchObject({
      changed: true,
    });
    expect((await me()).body).toMatchObject({ displayName: null, mail: null });
    const own = await api.call('PUT', '/v1/whoami/directory', { body: { displayName: 'A' } });
    expect(own.body).toEqual({ subject: 'author', displayName: 'A', mail: null });
    expect((await api.call('PUT', '/v1/whoami/directory', { body: { mail: 'no' } })).status).toBe(400);
  });
});

describe('a tenant', () => {
  it('is created with its administrator by one of the first tenant, and by nobody else', async () => {
    const headers = { 'Idempotency-Key': 'acme' };
    const body = { name: 'acme' };
    expect((await api.call('POST', '/v1/tenants', { body })).status).toBe(403);
    const made = await api.call('POST', '/v1/tenants', { as: 'admin', body, headers });
    expect(made.body).toMatchObject({ name: 'acme', admin: 'admin' });
    const { key, tenantId } = made.body;
    const theirs = (method: string, path: string, data?: unknown) => withKey(key, method, path, data);
    expect((await theirs('GET', '/v1/whoami')).body).toMatchObject({ tenantId, roles: ['admin'] });
    const again = await api.call('POST', '/v1/tenants', { as: 'admin', body, headers });
    expect(again.body).toEqual({ ...made.body, keyId: null, key: null });
    expect((await admin('POST', '/v1/tenants', body)).body).toMatchObject({ code: 'tenant-exists' });
    expect((await theirs('POST', '/v1/tenants', { name: 'more' })).status).toBe(403);
    expect((await theirs('GET', '/v1/tenants')).status).toBe(403);
    expect((await theirs('GET', '/v1/principals')).body).toMatchObject({ items: [{ subject: 'admin' }] });
    const second = await admin('POST', `/v1/tenants/${String(tenantId)}/keys`);
    expect((await withKey(second.body['key'], 'GET', '/v1/whoami')).body).toMatchObject({ tenantId });
    expect((await admin('GET', `/v1/tenants/${LOCAL_TENANT_ID}`)).body).toMatchObject({ name: 'local' });
  });

  it('that is suspended is read, but neither written nor run', async () => {
    const { key, tenantId } = (await admin('POST', '/v1/tenants', { name: 'late-payers' })).body;
    const script = (slug: string) => ({ slug, details: { name: slug } });
    expect((await withKey(key, 'POST', '/v1/scripts', script('theirs'))).status).toBe(201);
    const path = `/v1/tenants/${String(tenantId)}`;
    await admin('POST', `${path}/suspend`, { reason: 'unpaid' });
    expect((await withKey(key, 'GET', '/v1/scripts')).status).toBe(200);
    const refused = { status: 403, code: 'tenant-suspended' };
    for (const [target, body] of [
      ['/v1/scripts', script('more')],
      ['/v1/scripts/theirs/disable', {}],
      ['/v1/principals', { subject: 'eve', roles: [] }],
      ['/v1/keys', {}],
    ] as const) {
      expect([target, (await withKey(key, 'POST', target, body)).body]).toMatchObject([target, refused]);
    }
    expect((await withKey(key, 'PUT', '/v1/whoami/directory', {})).body).toMatchObject(refused);
    await admin('POST', `${path}/restore`);
    expect((await withKey(key, 'POST', '/v1/scripts', script('more'))).status).toBe(201);
    const first = await admin('POST', `/v1/tenants/${LOCAL_TENANT_ID}/suspend`);
    expect(first.body).toMatchObject({ code: 'first-tenant' });
  });

  it('sets the review policy of its scripts', async () => {
    const { key } = (await admin('POST', '/v1/tenants', { name: 'careful' })).body;
    const set = await withKey(key, 'PUT', '/v1/tenant/review-policy', { requiredApprovals: 2 });
    const reviewPolicy = { requiredApprovals: 2, fourEyes: true };
    expect(set.body).toMatchObject({ changed: true, reviewPolicy });
    expect((await withKey(key, 'GET', '/v1/tenant')).body).toMatchObject({ name: 'careful', reviewPolicy });
    const author = await api.call('PUT', '/v1/tenant/review-policy', { body: {} });
    expect(author.status).toBe(403);
  });
});

describe('a denied attempt', () => {
  it('is told to the auditors of the tenant a minute later, and to no stream that it was about', async () => {
    for (let n = 0; n < 5; n += 1) await api.call('POST', '/v1/scripts/hers/versions/1/publish');
    await api.call('POST', '/v1/principals', { body: {} });
    expect((await api.call('GET', '/v1/security/denials')).status).toBe(403);
    expect((await api.call('GET', '/v1/whoami', { as: null })).status).toBe(401);
    aheadMs += 60_000;
    const isOurs = (item: { person: string; count: number }) => item.person === 'author' && item.count >= 7;
    const seen = await eventually(
      async () => (await admin('GET', '/v1/security/denials')).body as { items: never[] },
      ({ items }) => items.some(isOurs),
    );
    expect(JSON.stringify(seen.items.find(isOurs))).toContain(
      '{"method":"POST","route":"/v1/scripts/:slug/versions/:number/publish","code":"forbidden","count":5}',
    );
    const history = await api.call('GET', '/v1/scripts/hers/history');
    expect(history.text).not.toContain('Denied');
    expect(api.logged()).toContain('no valid credential');
  });
});

describe('while Postgres is away', () => {
  it('keys and principals are managed all the same, and one learns who one is', async () => {
    api.between.database.refuse(true);
    api.between.database.cut();
    try {
      const { key } = (await api.call('POST', '/v1/keys', { body: {} })).body;
      const me = await eventually(
        () => withKey(key, 'GET', '/v1/whoami'),
        ({ status }) => status === 200,
      );
      expect(me.body).toMatchObject({ person: 'author' });
      expect((await admin('GET', '/v1/principals')).body).toMatchObject({ status: 503 });
    } finally {
      api.between.database.refuse(false);
    }
  });
});

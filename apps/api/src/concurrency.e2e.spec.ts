import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close(), 30_000);

const FIFTY = Array.from({ length: 50 }, (_, index) => index);
const statuses = (answers: readonly Called[]) => Map.groupBy(answers, ({ status }) => status);
const typesOf = async (slug: string): Promise<string[]> => {
  const { body } = await api.call('GET', `/v1/scripts/${slug}/history?limit=200`);
  return (body['items'] as { type: string }[]).map(({ type }) => type);
};
const create = (slug: string) => api.call('POST', '/v1/scripts', { body: { slug, details: { name: slug } } });

describe('T5 fifty at once', () => {
  it('creates of one slug: one wins, the others are told that it exists', async () => {
    const answers = await Promise.all(FIFTY.map(() => create('one')));
    const by = statuses(answers);
    expect([by.get(201)?.length, by.get(409)?.length]).toEqual([1, 49]);
    expect(by.get(409)?.every(({ body }) => body['code'] === 'script-exists')).toBe(true);
    expect(await typesOf('one')).toEqual(['ScriptCreated']);
  });

  it('saves on one base: one wins, the others are told the newest version', async () => {
    await create('two');
    const answers = await Promise.all(
      FIFTY.map((index) =>
        api.call('POST', '/v1/scripts/two/versions', {
          body: { baseNumber: 0, content: content(`v${index}`) },
        }),
      ),
    );
    const by = statuses(answers);
    expect([by.get(201)?.length, by.get(409)?.length]).toEqual([1, 49]);
    expect(by.get(409)?.every(({ body }) => body['code'] === 'stale-base')).toBe(true);
    expect(by.get(409)?.[0]?.body).toMatchObject({ head: { number: 1, state: 'draft' } });
    expect(await typesOf('two')).toEqual(['ScriptCreated', 'DraftCreated']);
  });

  it('publishes of one version: done once, for the others it is already so', async () => {
    await create('three');
    await api.call('POST', '/v1/scripts/three/versions', { body: { baseNumber: 0, content: content('x') } });
    await api.call('POST', '/v1/scripts/three/versions/1/submit');
    await api.call('POST', '/v1/scripts/three/versions/1/approve', { as: 'reviewer' });
    const answers = await Promise.all(
      FIFTY.map(() => api.call('POST', '/v1/scripts/three/versions/1/publish', { as: 'reviewer' })),
    );
    expect([...statuses(answers).keys()]).toEqual([200]);
    expect(answers.filter(({ body }) => body['changed'] === true)).toHaveLength(1);
    expect((await typesOf('three')).filter((type) => type === 'VersionPublished')).toHaveLength(1);
  });

  it('repetitions of one save: stored once, all answered alike', async () => {
    await create('four');
    const options = {
      body: { baseNumber: 0, content: content('x') },
      headers: { 'Idempotency-Key': 'save-four' },
    };
    const answers = await Promise.all(
      FIFTY.map(() => api.call('POST', '/v1/scripts/four/versions', options)),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(await typesOf('four')).toEqual(['ScriptCreated', 'DraftCreated']);
  });

  it('approvals of one person: stored once, for the others it is already so', async () => {
    await create('five');
    await api.call('POST', '/v1/scripts/five/versions', { body: { baseNumber: 0, content: content('x') } });
    await api.call('POST', '/v1/scripts/five/versions/1/submit');
    const answers = await Promise.all(
      FIFTY.map(() => api.call('POST', '/v1/scripts/five/versions/1/approve', { as: 'reviewer' })),
    );
    expect([...statuses(answers).keys()]).toEqual([200]);
    expect((await typesOf('five')).filter((type) => type === 'VersionApproved')).toHaveLength(1);
  });

  it('prunes of one script: each version is given up once', async () => {
    await create('six');
    for (let base = 0; base < 5; base += 1) {
      const body = { baseNumber: base, content: content(`v${base}`) };
      await api.call('POST', '/v1/scripts/six/versions', { body });
    }
    const body = { maxVersions: 1 };
    const answers = await Promise.all(
      FIFTY.map(() => api.call('POST', '/v1/scripts/six/prune', { as: 'admin', body })),
    );
    expect([...statuses(answers).keys()]).toEqual([200]);
    expect(answers.filter(({ body: answer }) => answer['changed'] === true)).toHaveLength(1);
    expect((await typesOf('six')).filter((type) => type === 'VersionsPruned')).toHaveLength(1);
  });
});

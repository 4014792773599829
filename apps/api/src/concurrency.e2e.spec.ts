import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Acknowledged, judgeScriptHistory } from '@stemma/commands';
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

  it('of everything, again and again: no 500, and a history that the judge has nothing against', async () => {
    await create('storm');
    const acknowledged: Acknowledged[] = [];
    const seen = new Set<number>();
    for (let round = 0; round < 6; round += 1) {
      const answers = await Promise.all(FIFTY.map((index) => attempt(round, index)));
      for (const { key, answer } of answers) {
        seen.add(answer.status);
        const changed = answer.body['changed'] === true && !answer.headers.has('idempotent-replayed');
        if (changed)
          acknowledged.push({ key, revision: BigInt(answer.headers.get('etag')?.replaceAll('"', '') ?? '') });
      }
    }
    expect([...seen].filter((status) => status >= 500)).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(10);
    const { body } = await api.call('GET', '/v1/scripts/storm/history?limit=200');
    const events = (body['items'] as HistoryItem[]).map(({ commandId, revision, ...event }) => ({
      ...event,
      revision: BigInt(revision),
      metadata: { commandId },
    }));
    expect(judgeScriptHistory(events, acknowledged)).toEqual([]);
  }, 60_000);
});

interface HistoryItem {
  readonly type: string;
  readonly data: object;
  readonly revision: string;
  readonly commandId: string;
}

/** What fifty clients try on one script in a round, most of them the same things: two in three share their key. */
async function attempt(
  round: number,
  index: number,
): Promise<{ readonly key: string; readonly answer: Called }> {
  const number = round + 1;
  const version = `/v1/scripts/storm/versions/${number}`;
  const acts = [
    {
      path: '/v1/scripts/storm/versions',
      as: 'author',
      body: { baseNumber: round, content: content(`r${round}`) },
    },
    { path: `${version}/submit`, as: 'author' },
    { path: `${version}/approve`, as: 'reviewer' },
    { path: `${version}/publish`, as: 'reviewer' },
    { path: '/v1/scripts/storm/list', as: 'reviewer' },
    { path: `${version}/archive`, as: 'reviewer' },
    { path: '/v1/scripts/storm/disable', as: 'reviewer' },
    { path: '/v1/scripts/storm/enable', as: 'reviewer' },
    { path: '/v1/scripts/storm/prune', as: 'admin', body: { maxVersions: 1 } },
    { path: '/v1/scripts/storm/rollback', as: 'reviewer', body: { number: 1, baseNumber: round + 1 } },
  ] as const;
  const act = acts[index % acts.length] ?? acts[0];
  const key = `${act.path} ${round} ${index % 3 === 0 ? index : 'shared'}`.replaceAll(/[^a-z0-9]+/g, '-');
  await untilItsTurn(index % acts.length);
  const { path: where, ...options } = act;
  return { key, answer: await api.call('POST', where, { ...options, headers: { 'Idempotency-Key': key } }) };
}

/** A little apart, so that a life gets somewhere; all of one kind still come at once. */
const untilItsTurn = async (turn: number): Promise<void> => {
  for (let tick = 0; tick < turn * 2; tick += 1) await api.call('GET', '/health/live', { as: null });
};

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headers } from '@stemma/contracts';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close(), 30_000);

/** Reads after the last command: nobody has to wait or to guess. */
async function read(path: string, after: Called): Promise<Called> {
  const token = after.headers.get(headers.position) ?? '';
  const answer = await api.call('GET', path, { headers: { [headers.minPosition]: token } });
  expect(answer.status).toBe(200);
  return answer;
}

async function did(method: string, path: string, as: string, body?: unknown): Promise<Called> {
  const answer = await api.call(method, path, { as, body });
  expect(`${answer.status} ${answer.text}`).toMatch(/^20[01] /);
  return answer;
}

describe('the way of a script', () => {
  const script = '/v1/scripts/clean-sales';

  it('leads from draft through review to active, and back', async () => {
    const created = await did('POST', '/v1/scripts', 'author', {
      slug: 'clean-sales',
      details: { name: 'Clean sales', labels: ['sales'] },
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(script);
    expect(created.headers.get('etag')).toBe('"0"');

    await did('POST', `${script}/versions`, 'author', { baseNumber: 0, content: content('v1\n') });
    const second = await did('POST', `${script}/versions`, 'author', {
      baseNumber: 1,
      content: { ...content('v2\n'), settings: { rows: 2 } },
      changeSummary: 'two rows',
    });
    expect(second.body).toMatchObject({ number: 2, state: 'draft', sameContentAs: null });

    await did('POST', `${script}/versions/2/submit`, 'author');
    await did('POST', `${script}/versions/2/approve`, 'reviewer', { reviewNote: 'good' });
    const published = await did('POST', `${script}/versions/2/publish`, 'reviewer');
    expect(published.body).toMatchObject({ number: 2, state: 'active', changed: true });

    await did('POST', `${script}/versions`, 'author', { baseNumber: 2, content: content('v3\n') });
    await did('POST', `${script}/versions/3/submit`, 'author', {});
    await did('POST', `${script}/versions/3/request-changes`, 'reviewer', { reviewNote: 'name the columns' });
    await did('POST', `${script}/versions/3/submit`, 'author');
    await did('POST', `${script}/versions/3/withdraw`, 'author');
    await did('POST', `${script}/versions/3/submit`, 'author');
    await did('POST', `${script}/versions/3/approve`, 'reviewer');
    await did('POST', `${script}/versions/3/publish`, 'reviewer');
    const rolledBack = await did('POST', `${script}/rollback`, 'admin', { number: 2, baseNumber: 3 });
    expect(rolledBack.body).toMatchObject({ number: 4, state: 'active', sameContentAs: 2 });

    const shown = await read(script, rolledBack);
    expect(shown.body).toMatchObject({
      slug: 'clean-sales',
      activeNumber: 4,
      latestNumber: 4,
      status: 'published',
    });
    expect(shown.headers.get('etag')).toBe(rolledBack.headers.get('etag'));
    const versions = await read(`${script}/versions`, rolledBack);
    expect((versions.body['items'] as { state: string }[]).map(({ state }) => state)).toEqual([
      'active',
      'archived',
      'archived',
      'draft',
    ]);
    const one = await read(`${script}/versions/2`, rolledBack);
    expect(one.body).toMatchObject({
      createdBy: 'author',
      approvals: [{ by: 'reviewer', note: 'good', round: 1 }],
      publishedBy: 'reviewer',
      supersededByNumber: 3,
    });
  });

  it('shows the content of a version as it was saved', async () => {
    const shown = await api.call('GET', `${script}/versions/2/content`);
    expect(shown.body).toMatchObject({
      number: 2,
      content: { runtime: 'python', entrypoint: 'run', source: 'v2\n', settings: { rows: 2 } },
    });
  });

  it('tells its history from the log, a page at a time', async () => {
    const types: string[] = [];
    let after = '';
    for (;;) {
      const page = await api.call('GET', `${script}/history?limit=7${after}`);
      expect(page.status).toBe(200);
      const items = page.body['items'] as { type: string; actor: { id: string }; at: string }[];
      types.push(...items.map(({ type, actor }) => `${actor.id}: ${type}`));
      if (page.body['next'] === null) break;
      after = `&after=${page.body['next'] as string}`;
    }
    expect(types).toEqual([
      'author: ScriptCreated',
      'author: DraftCreated',
      'author: DraftCreated',
      'author: SubmittedForReview',
      'reviewer: VersionApproved',
      'reviewer: VersionPublished',
      'author: DraftCreated',
      'author: SubmittedForReview',
      'reviewer: ChangesRequested',
      'author: SubmittedForReview',
      'author: SubmissionWithdrawn',
      'author: SubmittedForReview',
      'reviewer: VersionApproved',
      'reviewer: VersionArchived',
      'reviewer: VersionPublished',
      'admin: DraftCreated',
      'admin: VersionArchived',
      'admin: VersionPublished',
    ]);
  });

  it('shows what differs between two versions, as JSON and as text', async () => {
    const json = await api.call('GET', `${script}/diff?from=1&to=2`);
    expect(json.body).toMatchObject({
      same: false,
      fields: [{ path: '/settings', change: 'added', to: { rows: 2 } }],
    });
    expect(json.body['source']).toContain('-v1\n+v2\n');
    const text = await api.call('GET', `${script}/diff?from=1&to=2`, { headers: { Accept: 'text/plain' } });
    expect(text.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text.text).toMatch(/^--- clean-sales@1\/source\n\+\+\+ clean-sales@2\/source\n/);
    expect((await api.call('GET', `${script}/diff?from=2&to=4`)).body).toMatchObject({
      same: true,
      source: '',
      fields: [],
    });
  });

  it('keeps every decision with its words, and who moved the active version', async () => {
    const decided = await api.call('GET', `${script}/decisions?limit=200`);
    const told = (decided.body['items'] as Record<string, unknown>[])
      .toReversed()
      .map(
        ({ by, action, number, note }) => `${String(by)} ${String(action)} ${String(number)} ${String(note)}`,
      );
    expect(told).toEqual([
      'author submit 2 null',
      'reviewer approve 2 good',
      'reviewer publish 2 null',
      'author submit 3 null',
      'reviewer request-changes 3 name the columns',
      'author submit 3 null',
      'author withdraw 3 null',
      'author submit 3 null',
      'reviewer approve 3 null',
      'reviewer publish 3 null',
      'admin rollback 4 null',
      'admin publish 4 null',
    ]);
    const first = await api.call('GET', `${script}/decisions?version=3&limit=3`);
    const second = await api.call(
      'GET',
      `${script}/decisions?version=3&limit=200&cursor=${first.body['next'] as string}`,
    );
    expect(second.body['items']).toHaveLength(4);
    const moved = await api.call('GET', `${script}/active-history`);
    expect(moved.body['items']).toMatchObject([
      { number: 4, how: 'rollback', by: 'admin', replacedNumber: 3, endedAt: null },
      { number: 3, how: 'review', by: 'reviewer', endedBy: 'admin', supersededByNumber: 4 },
      { number: 2, how: 'review', by: 'reviewer', endedBy: 'reviewer', supersededByNumber: 3 },
    ]);
  });

  it('draws which version came from which', async () => {
    const { body } = await api.call('GET', `${script}/lineage`);
    expect(body['edges']).toEqual([
      { from: 1, to: 2, kind: 'saved' },
      { from: 2, to: 3, kind: 'saved' },
      { from: 2, to: 4, kind: 'rollback' },
    ]);
    const dot = await api.call('GET', `${script}/lineage?format=dot`);
    expect(dot.headers.get('content-type')).toMatch(/^text\/vnd\.graphviz/);
    expect(dot.text).toContain('v2 -> v4 [label="rollback", style=dashed];');
    const mermaid = await api.call('GET', `${script}/lineage`, { headers: { Accept: 'text/vnd.mermaid' } });
    expect(mermaid.text).toMatch(/^flowchart LR\n/);
  });

  it('tells auditors of every change, and nobody else', async () => {
    const { body } = await api.call('GET', '/v1/authoring?slug=clean-sales&action=create&action=rollback', {
      as: 'admin',
    });
    expect(body['items']).toMatchObject([
      { action: 'rollback', number: 4, by: 'admin' },
      { action: 'create', number: null, by: 'author' },
    ]);
    expect((await api.call('GET', '/v1/authoring')).status).toBe(403);
    const bad = await api.call('GET', '/v1/authoring?from=yesterday&cursor=x', { as: 'admin' });
    expect(bad.body).toMatchObject({ code: 'invalid-request' });
  });

  it('shows to each what waits for their decision', async () => {
    const open = await did('POST', '/v1/scripts', 'author', { slug: 'a-new', details: { name: 'New' } });
    expect(open.status).toBe(201);
    await did('POST', '/v1/scripts/a-new/versions', 'author', { baseNumber: 0, content: content('x') });
    const sent = await did('POST', '/v1/scripts/a-new/versions/1/submit', 'author');
    const waiting = async (as: string, query = '') => {
      const token = sent.headers.get(headers.position) ?? '';
      const answer = await api.call('GET', `/v1/reviews${query}`, {
        as,
        headers: { [headers.minPosition]: token },
      });
      return (answer.body['items'] as { slug: string; stage: string }[]).map(
        ({ slug, stage }) => `${slug} ${stage}`,
      );
    };
    expect(await waiting('reviewer')).toEqual(['a-new approval']);
    expect(await waiting('author')).toEqual([]);
    expect(await waiting('author', '?waiting=anyone')).toEqual(['a-new approval']);
    await did('POST', '/v1/scripts/a-new/versions/1/withdraw', 'author');
  });

  it('lists scripts by label, state and order', async () => {
    for (const slug of ['b-two', 'b-one', 'b-three']) {
      await did('POST', '/v1/scripts', 'author', { slug, details: { name: slug, labels: ['b', 'x/y'] } });
    }
    const last = await did('POST', '/v1/scripts', 'author', {
      slug: 'c-one',
      details: { name: 'c', labels: [] },
    });
    const page = await read('/v1/scripts?label=b&label=x%2Fy&limit=2', last);
    const slugs = (called: Called) => (called.body['items'] as { slug: string }[]).map(({ slug }) => slug);
    expect(slugs(page)).toEqual(['b-one', 'b-three']);
    const rest = await read(
      `/v1/scripts?label=b&label=x%2Fy&limit=2&cursor=${page.body['next'] as string}`,
      last,
    );
    expect(slugs(rest)).toEqual(['b-two']);
    expect(rest.body['next']).toBeNull();
    const mixed = await api.call('GET', `/v1/scripts?label=b&cursor=${page.body['next'] as string}`);
    expect(mixed).toMatchObject({ status: 400, body: { errors: [{ path: '?/cursor' }] } });
    expect(slugs(await read('/v1/scripts?status=published', last))).toEqual(['clean-sales']);
    expect(slugs(await read('/v1/scripts?sort=-changedAt&limit=1', last))).toEqual(['c-one']);
  });

  it('says who somebody is', async () => {
    const { body } = await api.call('GET', '/v1/whoami', { as: 'reviewer' });
    expect(body).toMatchObject({ person: 'reviewer', roles: ['reviewer', 'publisher'], expiresAt: null });
  });
});

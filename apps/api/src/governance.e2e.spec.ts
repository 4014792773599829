import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { id, LOCAL_TENANT_ID, scriptIdOf, streamName } from '@stemma/commands';
import { randomUUID } from 'node:crypto';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';

const started = Date.now();
let minutesLater = 0;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ clock: () => new Date(started + minutesLater * 60_000) });
}, 60_000);
afterAll(() => api.close(), 30_000);

const as = (person: string) => (method: string, path: string, body?: unknown) =>
  api.call(method, `/v1/scripts${path}`, { as: person, ...(body !== undefined && { body }) });
const author = as('author');
const reviewer = as('reviewer');
const admin = as('admin');

const create = (slug: string, type = 'one_off') =>
  author('POST', '', { slug, type, details: { name: slug, intents: ['tidy'], languageCodes: ['de'] } });
const save = (slug: string, baseNumber: number, text = 'x') =>
  author('POST', `/${slug}/versions`, { baseNumber, content: content(text) });
async function publish(slug: string, number: number): Promise<Called> {
  await save(slug, number - 1, `content ${number}`);
  await author('POST', `/${slug}/versions/${number}/submit`);
  await reviewer('POST', `/${slug}/versions/${number}/approve`);
  return reviewer('POST', `/${slug}/versions/${number}/publish`);
}

const brief = ({ status, body }: Called) =>
  status < 300 ? [status, body['changed']] : [status, body['code']];
const typesOf = async (slug: string): Promise<string[]> => {
  const { body } = await api.call('GET', `/v1/scripts/${slug}/history?limit=200`);
  return (body['items'] as { type: string }[]).map(({ type }) => type);
};
const cron = { kind: 'cron', expression: '0 2 * * *', timeZone: 'Europe/Berlin' };
const hook = (path: string) => ({ kind: 'http', method: 'POST', path });

describe('a script among its users', () => {
  it('is seen while it has an active version, and taken out of service with one append', async () => {
    await create('seen');
    expect(brief(await reviewer('POST', '/seen/list'))).toEqual([409, 'no-active-version']);
    await publish('seen', 1);
    expect(brief(await reviewer('POST', '/seen/list'))).toEqual([200, true]);
    expect(brief(await reviewer('POST', '/seen/list'))).toEqual([200, false]);
    expect(brief(await author('POST', '/seen/unlist'))).toEqual([403, 'forbidden']);
    const archived = await reviewer('POST', '/seen/versions/1/archive');
    expect(archived.body).toMatchObject({ number: 1, state: 'archived', changed: true });
    expect((await typesOf('seen')).slice(-2)).toEqual(['VersionArchived', 'ScriptUnlisted']);
  });

  it('ends for ever when it retires, with its path free for others', async () => {
    await create('old-hook', 'http');
    await author('PUT', '/old-hook/triggers/main', hook('/old'));
    await publish('old-hook', 1);
    expect(brief(await author('POST', '/old-hook/retire'))).toEqual([403, 'forbidden']);
    expect(brief(await admin('POST', '/old-hook/retire', { reason: 'done' }))).toEqual([200, true]);
    expect(brief(await create('old-hook', 'http'))).toEqual([409, 'slug-retired']);
    expect(brief(await save('old-hook', 1))).toEqual([409, 'slug-retired']);
    await create('new-hook', 'http');
    expect(brief(await author('PUT', '/new-hook/triggers/main', hook('/old')))).toEqual([200, true]);
  });
});

describe('triggers', () => {
  it('come before a schedule is published, and are validated', async () => {
    await create('nightly', 'cron');
    expect(brief(await publish('nightly', 1))).toEqual([409, 'trigger-required']);
    const bad = await author('PUT', '/nightly/triggers/main', { ...cron, expression: '0 0 30 2 *' });
    expect([bad.status, bad.text]).toEqual([400, expect.stringContaining('it would never fire')]);
    expect(brief(await author('PUT', '/nightly/triggers/main', hook('/x')))).toEqual([
      409,
      'trigger-not-of-type',
    ]);
    expect(brief(await author('PUT', '/nightly/triggers/main', cron))).toEqual([200, true]);
    expect(brief(await author('PUT', '/nightly/triggers/main', cron))).toEqual([200, false]);
    expect(brief(await reviewer('POST', '/nightly/versions/1/publish'))).toEqual([200, true]);
    expect(brief(await author('DELETE', '/nightly/triggers/main'))).toEqual([200, true]);
    expect(brief(await author('DELETE', '/nightly/triggers/main'))).toEqual([200, false]);
  });

  it('of one path: of twenty scripts at once, one gets it', async () => {
    const slugs = Array.from({ length: 20 }, (_, index) => `path-${index}`);
    await Promise.all(slugs.map((slug) => create(slug, 'http')));
    const answers = await Promise.all(
      slugs.map((slug) => author('PUT', `/${slug}/triggers/main`, hook('/contested'))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ body }) => body['code']))).toEqual(new Set(['route-taken']));
    const winner = slugs[answers.findIndex(({ status }) => status === 200)] ?? '';
    const other = slugs.find((slug) => slug !== winner) ?? '';
    expect(brief(await author('PUT', `/${winner}/triggers/main`, hook('/elsewhere')))).toEqual([200, true]);
    expect(brief(await author('PUT', `/${other}/triggers/main`, hook('/contested')))).toEqual([200, true]);
    expect(brief(await author('PUT', `/${winner}/triggers/more`, hook('/contested')))).toEqual([
      409,
      'route-taken',
    ]);
  });

  it('that claimed a path and made no use of it lose it after a minute', async () => {
    await create('dead', 'http');
    await create('heir', 'http');
    await claimAsIfItsProcessDied('dead', '/idle');
    const claim = () => author('PUT', '/heir/triggers/main', hook('/idle'));
    expect(brief(await claim())).toEqual([409, 'route-taken']);
    minutesLater = 1;
    expect(brief(await claim())).toEqual([200, true]);
    minutesLater = 9;
    expect(brief(await author('PUT', '/dead/triggers/main', hook('/idle')))).toEqual([409, 'route-taken']);
  });
});

/** What is left of a process that ended between the claim and the trigger. */
async function claimAsIfItsProcessDied(slug: string, path: string): Promise<void> {
  const scriptId = scriptIdOf(LOCAL_TENANT_ID, slug);
  const route = { routeId: randomUUID(), method: 'POST', path, scriptId, slug, triggerId: randomUUID() };
  const at = new Date(started).toISOString();
  const metadata = { tenantId: LOCAL_TENANT_ID, actor: { kind: 'user', id: 'author', via: null }, at };
  const stream = streamName('route', LOCAL_TENANT_ID, id('route', LOCAL_TENANT_ID, 'POST', path));
  await api.store.append(
    stream,
    [{ id: randomUUID(), type: 'RouteClaimed', data: route, metadata }],
    'no_stream',
  );
}

describe('policies', () => {
  it('need a base, and bind what is in review when they get stricter', async () => {
    await create('strict');
    await save('strict', 0);
    await author('POST', '/strict/versions/1/submit');
    await reviewer('POST', '/strict/versions/1/approve');
    const policy = { requiredApprovals: 2, fourEyes: true };
    expect(brief(await admin('PUT', '/strict/review-policy', { policy }))).toEqual([428, 'base-required']);
    expect(brief(await author('PUT', '/strict/review-policy', { policy, baseNumber: 1 }))).toEqual([
      403,
      'forbidden',
    ]);
    expect(brief(await admin('PUT', '/strict/review-policy', { policy, baseNumber: 1 }))).toEqual([
      200,
      true,
    ]);
    expect(brief(await reviewer('POST', '/strict/versions/1/publish'))).toEqual([409, 'not-approved']);
    await admin('POST', '/strict/versions/1/approve');
    expect(brief(await reviewer('POST', '/strict/versions/1/publish'))).toEqual([200, true]);
  });

  it('give way in an emergency, to somebody else than the author, and the log keeps why', async () => {
    await create('urgent');
    await save('urgent', 0);
    await admin('POST', '/urgent/versions', { baseNumber: 1, content: content('by admin') });
    const reason = 'the till stands still';
    const path = '/urgent/versions/2/break-glass';
    expect(brief(await reviewer('POST', path, { reason }))).toEqual([403, 'forbidden']);
    expect(brief(await admin('POST', path, { reason }))).toEqual([403, 'four-eyes']);
    await save('urgent', 2, 'by the author');
    expect((await admin('POST', '/urgent/versions/3/break-glass', {})).status).toBe(400);
    expect(brief(await admin('POST', '/urgent/versions/3/break-glass', { reason }))).toEqual([200, true]);
    const { text } = await author('GET', '/urgent/history?limit=200');
    expect(text).toContain(`"breakGlass":{"reason":"${reason}"}`);
  });
});

describe('R-C6 pruning', () => {
  it('says first, run dry, what it would take, and takes just that', async () => {
    await create('long');
    for (let base = 0; base < 5; base += 1) await save('long', base, `content ${base}`);
    const dry = await admin('POST', '/long/prune', { maxVersions: 2, dryRun: true });
    expect(dry.body).toMatchObject({ changed: false, dryRun: true });
    expect((dry.body['versions'] as unknown[]).length).toBe(3);
    const real = await admin('POST', '/long/prune', { maxVersions: 2 });
    expect(real.body).toMatchObject({ changed: true, dryRun: false, versions: dry.body['versions'] });
    expect((await admin('POST', '/long/prune', {})).status).toBe(400);
    expect(brief(await author('POST', '/long/prune', { maxVersions: 1 }))).toEqual([403, 'forbidden']);
    expect(
      brief(await admin('PUT', '/long/prune-policy', { policy: { retentionDays: 90 }, baseNumber: 5 })),
    ).toEqual([200, true]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close(), 30_000);

type By = (method: string, path: string, body?: unknown, idempotencyKey?: string) => Promise<Called>;

const withKey =
  (key: string): By =>
  (method, path, body = {}, idempotencyKey) =>
    api.call(method, path, {
      as: null,
      ...(method !== 'GET' && { body }),
      headers: {
        Authorization: `Bearer ${key}`,
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      },
    });
const known = async (principal: string): Promise<By> => withKey(await api.keyOf(principal));

async function anotherKeyOf(person: string): Promise<By> {
  const { body } = await (await known('admin'))('POST', '/v1/keys', { person });
  return withKey(String(body['key']));
}

/** A new person with `roles`, and as many keys as are wanted. */
async function person(subject: string, roles: readonly string[], kind = 'user'): Promise<By> {
  const made = await (await known('admin'))('POST', '/v1/principals', { subject, kind, roles });
  expect(made.status).toBe(201);
  return anotherKeyOf(subject);
}

const everyRole = ['author', 'reviewer', 'publisher'];
const brief = ({ status, body }: Called): string =>
  status < 300
    ? `${status} ${body['changed'] ? 'changed' : 'as it was'}`
    : `${status} ${String(body['code'])}`;

/** A version of a new script, in review. */
async function submitted(by: By, slug: string): Promise<string> {
  await by('POST', '/v1/scripts', { slug, details: { name: slug } });
  const script = `/v1/scripts/${slug}`;
  await by('POST', `${script}/versions`, { baseNumber: 0, content: content(slug) });
  expect(brief(await by('POST', `${script}/versions/1/submit`))).toBe('200 changed');
  return `${script}/versions/1`;
}

describe('R-E7 nobody brings their own version into service', () => {
  it('with another key of theirs, having every role', async () => {
    const ann = await person('ann', everyRole);
    const version = await submitted(ann, 'other-key');
    const again = await anotherKeyOf('ann');
    expect(brief(await again('POST', `${version}/approve`))).toBe('403 four-eyes');
    await (
      await known('reviewer')
    )('POST', `${version}/approve`);
    expect(brief(await again('POST', `${version}/publish`))).toBe('403 four-eyes');
  });

  it('by loosening the policy between submit and publish, of the script and of the tenant', async () => {
    const admin = await known('admin');
    const version = await submitted(admin, 'loosened');
    const policy = { requiredApprovals: 0, fourEyes: false };
    const set = await admin('PUT', '/v1/scripts/loosened/review-policy', { policy, baseNumber: 1 });
    expect(brief(set)).toBe('200 changed');
    expect(brief(await admin('POST', `${version}/publish`))).toBe('403 four-eyes');
    expect(brief(await admin('POST', `${version}/approve`))).toBe('403 four-eyes');
    expect(brief(await (await known('reviewer'))('POST', `${version}/publish`))).toBe('409 not-approved');
  });

  it('by breaking the glass, of which one’s own version is no part', async () => {
    const admin = await known('admin');
    const version = await submitted(admin, 'glass');
    const body = { reason: 'the till stands still' };
    expect(brief(await admin('POST', `${version}/break-glass`, body))).toBe('403 four-eyes');
  });

  it('with an approval that was given to an older draft', async () => {
    const [author, reviewer] = await Promise.all([known('author'), known('reviewer')]);
    const version = await submitted(author, 'newer');
    await reviewer('POST', `${version}/approve`);
    const body = { baseNumber: 1, content: content('something else') };
    await author('POST', '/v1/scripts/newer/versions', body);
    const second = version.replace(/1$/, '2');
    expect(brief(await author('POST', `${second}/submit`))).toBe('409 review-in-progress');
    expect(brief(await reviewer('POST', `${second}/publish`))).toBe('409 version-not-in-review');
    await author('POST', `${version}/withdraw`);
    await author('POST', `${second}/submit`);
    expect(brief(await reviewer('POST', `${second}/publish`))).toBe('409 not-approved');
  });

  it('through an approver who lost the role: what he approved counts, and he does nothing more', async () => {
    const [admin, author, reviewer] = await Promise.all([known('admin'), known('author'), known('reviewer')]);
    const gus = await person('gus', everyRole);
    const version = await submitted(author, 'demoted');
    expect(brief(await gus('POST', `${version}/approve`))).toBe('200 changed');
    await admin('PUT', '/v1/principals/gus/roles', { roles: ['author'] });
    expect(brief(await gus('POST', `${version}/publish`))).toBe('403 forbidden');
    expect(brief(await gus('POST', `${version}/approve`))).toBe('403 forbidden');
    expect(brief(await reviewer('POST', `${version}/publish`))).toBe('200 changed');
  });

  it.each(['Dora', 'DORA', 'ｄｏｒａ'])('as a twin of one’s own name, %s', async (twin) => {
    const slug = `twin-${[...twin].map((letter) => letter.codePointAt(0)).join('-')}`;
    const admin = await known('admin');
    await admin('POST', '/v1/principals', { subject: 'dora', roles: everyRole });
    const version = await submitted(await anotherKeyOf('dora'), slug);
    const made = await admin('POST', '/v1/principals', { subject: twin, roles: everyRole });
    if (made.status !== 201) {
      expect(brief(made)).toBe('400 invalid-request');
      return;
    }
    const twins = await anotherKeyOf(twin);
    expect(brief(await twins('POST', `${version}/approve`))).toBe('403 four-eyes');
    expect(brief(await twins('POST', `${version}/publish`))).toBe('403 four-eyes');
  });

  it('by repeating, with the same Idempotency-Key, what somebody else did or what was refused', async () => {
    const ann = await person('ann-again', everyRole);
    const reviewer = await known('reviewer');
    const version = await submitted(ann, 'repeated');
    expect(brief(await ann('POST', `${version}/approve`, {}, 'one'))).toBe('403 four-eyes');
    expect(brief(await reviewer('POST', `${version}/approve`, {}, 'one'))).toBe('200 changed');
    expect(brief(await ann('POST', `${version}/approve`, {}, 'one'))).toBe('403 four-eyes');
    expect(brief(await ann('POST', `${version}/publish`, {}, 'one'))).toBe('403 four-eyes');
  });

  it('in a race with those who may', async () => {
    const ann = await person('ann-races', everyRole);
    const reviewer = await known('reviewer');
    const version = await submitted(ann, 'raced');
    const hers: string[] = [];
    const tries = Array.from({ length: 40 }, async (_, index) => {
      const act = index % 2 === 0 ? 'approve' : 'publish';
      const answer = await (index % 4 < 2 ? ann : reviewer)('POST', `${version}/${act}`);
      if (index % 4 < 2) hers.push(brief(answer));
      expect(answer.status).toBeLessThan(500);
    });
    await Promise.all(tries);
    expect(hers.filter((answer) => answer.endsWith(' changed'))).toEqual([]);
    const { body } = await reviewer('GET', '/v1/scripts/raced/history?limit=200');
    const judged = (body['items'] as { type: string; actor: { id: string } }[]).filter(
      ({ type }) => type === 'VersionApproved' || type === 'VersionPublished',
    );
    expect(new Set(judged.map(({ actor }) => actor.id))).toEqual(new Set(['reviewer']));
  });
});

describe('R-C1 a script that is embedded in services', () => {
  const runs = '/v1/scripts/part/runs';

  it('takes no trigger, and runs in production for a service alone', async () => {
    const [author, reviewer, admin] = await Promise.all([known('author'), known('reviewer'), known('admin')]);
    const till = await person('till', ['runner'], 'service');
    const details = { name: 'Part' };
    await author('POST', '/v1/scripts', { slug: 'part', type: 'embedded', details });
    const hook = { kind: 'http', method: 'POST', path: '/part' };
    const trigger = await author('PUT', '/v1/scripts/part/triggers/main', hook);
    expect(brief(trigger)).toBe('409 trigger-not-of-type');
    expect(trigger.body['detail']).toContain('services');
    await author('POST', '/v1/scripts/part/versions', { baseNumber: 0, content: content('x') });
    for (const [by, act] of [
      [author, 'submit'],
      [reviewer, 'approve'],
      [reviewer, 'publish'],
    ] as const)
      expect(brief(await by('POST', `/v1/scripts/part/versions/1/${act}`))).toBe('200 changed');
    expect(brief(await admin('POST', runs))).toBe('403 services-only');
    const [tried, asked] = [await author('POST', runs, { context: 'sandbox' }), await till('POST', runs)];
    expect([tried.status, asked.status]).toEqual([202, 202]);
    const triggers = [];
    for await (const { type, data, metadata } of api.store.readAll())
      if (type === 'RunRequested') triggers.push({ ...metadata, ...data });
    expect(triggers).toMatchObject([
      { actor: { id: 'author' }, trigger: { kind: 'manual' } },
      { actor: { id: 'till' }, trigger: { kind: 'api' } },
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScriptEvent } from '@stemma/domain/events';
import type { Position, ReadDb } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import { authoring, listActivations, listAuthoring, type ListAuthoring } from './authoring.queries.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
const otherTenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000002';
const idOf = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const minute = (at: number) => `2026-11-21T08:${String(at).padStart(2, '0')}:00.000Z`;
const policy = { requiredApprovals: 0, fourEyes: false };
const contentHash = 'a'.repeat(64);

describe('asking who changed what', () => {
  let side: ReadSide;
  let after: Position;
  beforeAll(async () => {
    side = await startReadSide([authoring]);
    await live(1, 'sales', 'ann', 0);
    await live(2, 'other', 'bob', 20);
    await live(99, 'sales', 'eve', 10, otherTenantId);
  });
  afterAll(() => side.stop());

  /** Created, then three versions that are each published at once by the same person, a minute apart. */
  async function live(n: number, slug: string, person: string, from: number, tenant = tenantId) {
    const scriptId = idOf(n);
    const ofVersion = (number: number) => ({ scriptId, number, versionId: idOf(n * 1_000 + number) });
    const did = (at: number, event: ScriptEvent) => ({
      event,
      meta: { tenantId: tenant, actor: { kind: 'user', id: person, via: null }, at: minute(from + at) },
    });
    const details = { name: slug, description: '', labels: [] };
    const facts = [
      did(0, { type: 'ScriptCreated', data: { scriptId, slug, kind: 'code', type: 'one_off', details } }),
    ];
    for (const number of [1, 2, 3]) {
      const data = { ...ofVersion(number), contentHash };
      const more = {
        derivedFromVersionId: null,
        origin: 'saved',
        changeSummary: null,
        sameContentAs: null,
      } as const;
      facts.push(did(number, { type: 'DraftCreated', data: { ...data, ...more } }));
      if (number > 1) {
        const supersededBy = { number, versionId: data.versionId };
        facts.push(
          did(number, { type: 'VersionArchived', data: { ...ofVersion(number - 1), supersededBy } }),
        );
      }
      facts.push(did(number, { type: 'VersionPublished', data: { ...data, policy } }));
    }
    after = await side.tell(`script-${tenant}.${scriptId}`, ...facts);
  }

  const ask = async <T>(query: (db: ReadDb) => Promise<T>) =>
    (await side.readModel.read({ tenantId, projections: [authoring], after }, query)).value;
  const list = (request: Partial<ListAuthoring> = {}) =>
    ask((db) => listAuthoring(db, { tenantId, ...request }));
  const told = async (filters: ListAuthoring['filters']) =>
    (await list({ filters })).items.map(({ slug, action, number }) => `${slug} ${action} ${number ?? '-'}`);

  it('tells the tenant’s changes, the newest first; pages put together are the whole', async () => {
    const whole = (await list()).items;
    expect(whole).toHaveLength(18);
    expect(whole.slice(0, 4).map(({ slug, revision }) => [slug, revision])).toEqual([
      ['other', 8n],
      ['other', 7n],
      ['other', 6n],
      ['other', 5n],
    ]);
    for (const limit of [1, 4, 17]) {
      const seen: unknown[] = [];
      let cursor: ListAuthoring['cursor'];
      do {
        const page = await list({ limit, cursor });
        seen.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor);
      expect(seen).toEqual(whole);
    }
  });

  it('filters by script, actor, action, version and time', async () => {
    expect(await told({ slug: 'sales', actions: ['archive'] })).toEqual([
      'sales archive 2',
      'sales archive 1',
    ]);
    expect(await told({ by: 'bob', actions: ['create', 'archive'], number: 1 })).toEqual(['other archive 1']);
    expect(await told({ actions: ['create'] })).toEqual(['other create -', 'sales create -']);
    expect(await told({ from: minute(3), to: minute(20) })).toEqual([
      'sales publish 3',
      'sales archive 2',
      'sales save 3',
    ]);
    expect(await told({ by: 'eve' })).toEqual([]);
    expect(await told({ actions: [] })).toEqual([]);
  });

  it('tells who moved the active version, newest first, page by page', async () => {
    const first = await ask((db) => listActivations(db, { tenantId, slug: 'sales', limit: 2 }));
    expect(first.items).toMatchObject([
      { number: 3, by: 'ann', at: minute(3), replacedNumber: 2, endedAt: null },
      { number: 2, by: 'ann', replacedNumber: 1, endedBy: 'ann', endedAt: minute(3), supersededByNumber: 3 },
    ]);
    const rest = await ask((db) => listActivations(db, { tenantId, slug: 'sales', below: first.next ?? 0 }));
    expect(rest).toMatchObject({ items: [{ number: 1, replacedNumber: null }], next: null });
  });

  it('T9 refuses a query without a tenant, and answers nothing for another one', async () => {
    const missing = undefined as unknown as string;
    await expect(ask((db) => listAuthoring(db, { tenantId: missing }))).rejects.toThrow(/names no tenant/);
    expect(await ask((db) => listAuthoring(db, { tenantId: otherTenantId }))).toMatchObject({ items: [] });
    const theirs = { tenantId: otherTenantId, slug: 'sales' };
    expect(await ask((db) => listActivations(db, theirs))).toMatchObject({ items: [] });
  });
});

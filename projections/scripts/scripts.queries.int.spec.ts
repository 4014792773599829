import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Position, type ReadDb } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import { created, did, drafted, otherTenantId, published, streamOf, tenantId } from './scripts.fixtures.js';
import { findScript, listScripts, type ListScripts, scripts } from './scripts.queries.js';

const idOf = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const slugs = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf'];

describe('asking for scripts', () => {
  let side: ReadSide;
  let after: Position;
  beforeAll(async () => {
    side = await startReadSide([scripts]);
    for (const [n, slug] of slugs.entries()) {
      // The last ones were made first, so that no two sorts agree.
      const minute = 30 - n;
      const labels = n % 2 === 0 ? ['even', 'all'] : ['all'];
      await side.tell(streamOf(tenantId, idOf(n)), did('ann', minute, created(slug, idOf(n), labels)));
    }
    const live = [drafted(1, 'saved', idOf(2)), published(1, idOf(2))].map((event) => did('bob', 40, event));
    await side.tell(streamOf(tenantId, idOf(2)), ...live);
    const foreign = did('eve', 1, created('alpha', idOf(99), ['all']), otherTenantId);
    after = await side.tell(streamOf(otherTenantId, idOf(99)), foreign);
  });
  afterAll(() => side.stop());

  const ask = async <T>(query: (db: ReadDb) => Promise<T>, tenant = tenantId) =>
    (await side.readModel.read({ tenantId: tenant, projections: [scripts], after }, query)).value;
  const list = async (request: Partial<ListScripts> = {}) =>
    ask((db) => listScripts(db, { tenantId, ...request }));
  const slugsOf = async (request: Partial<ListScripts>) =>
    (await list(request)).items.map(({ slug }) => slug);

  it('finds one by its slug, and only in its tenant', async () => {
    expect(await ask((db) => findScript(db, { tenantId, slug: 'charlie' }))).toMatchObject({
      scriptId: idOf(2),
      slug: 'charlie',
      status: 'published',
      latestNumber: 1,
      activeNumber: 1,
      revision: 2n,
      createdAt: '2026-11-21T08:28:00.000Z',
      changedAt: '2026-11-21T08:40:00.000Z',
    });
    expect(await ask((db) => findScript(db, { tenantId, slug: 'zulu' }))).toBeUndefined();
    expect(
      await ask((db) => findScript(db, { tenantId: otherTenantId, slug: 'alpha' }), otherTenantId),
    ).toMatchObject({
      scriptId: idOf(99),
    });
  });

  it('pages through every sort, each script once and in order, whatever the page', async () => {
    const oldestFirst = [...slugs].reverse();
    const lastChangedFirst = ['charlie', ...slugs.filter((slug) => slug !== 'charlie')];
    const orders: readonly [ListScripts['sort'], readonly string[]][] = [
      ['slug', slugs],
      ['-slug', [...slugs].reverse()],
      ['createdAt', oldestFirst],
      ['-createdAt', slugs],
      ['changedAt', [...lastChangedFirst].reverse()],
      ['-changedAt', lastChangedFirst],
    ];
    for (const [sort, expected] of orders) {
      for (const limit of [1, 3, 7, 200]) expect([sort, await pages(sort, limit)]).toEqual([sort, expected]);
    }
  });

  async function pages(sort: ListScripts['sort'], limit: number): Promise<string[]> {
    const seen: string[] = [];
    let cursor: ListScripts['cursor'];
    do {
      const page = await list({ sort, limit, cursor });
      seen.push(...page.items.map(({ slug }) => slug));
      cursor = page.next ?? undefined;
    } while (cursor);
    return seen;
  }

  it('filters by status, kind, type and labels, all of which must hold', async () => {
    expect(await slugsOf({ filters: { status: 'published' } })).toEqual(['charlie']);
    expect(await slugsOf({ filters: { labels: ['even', 'all'] } })).toEqual([
      'alpha',
      'charlie',
      'echo',
      'golf',
    ]);
    expect(await slugsOf({ filters: { labels: ['even'], status: 'draft' } })).toEqual([
      'alpha',
      'echo',
      'golf',
    ]);
    expect(await slugsOf({ filters: { kind: 'graph' } })).toEqual([]);
    expect(await slugsOf({ filters: { kind: 'code', type: 'one_off', labels: [] } })).toEqual(slugs);
  });

  it('counts on request, over all pages', async () => {
    expect(await list({ limit: 2, count: true })).toMatchObject({ total: 7 });
    expect(await list({ filters: { labels: ['even'] }, limit: 1, count: true })).toMatchObject({ total: 4 });
    expect((await list({ limit: 2 })).total).toBeUndefined();
  });

  it('finds words by their beginnings, every one of them', async () => {
    expect(await slugsOf({ filters: { text: 'ABO' } })).toEqual(slugs);
    expect(await slugsOf({ filters: { text: 'about del' } })).toEqual(['delta']);
    expect(await slugsOf({ filters: { text: 'bout' } })).toEqual([]);
    expect(await slugsOf({ filters: { text: 'eve', status: 'draft' } })).toEqual(['alpha', 'echo', 'golf']);
    expect(await slugsOf({ filters: { text: `charlie' OR 1=1 -- %_` } })).toEqual([]);
  });

  it('takes whatever a caller puts into a filter as a value, never as SQL', async () => {
    const nasty = `x'); DROP TABLE scripts__1.scripts; --`;
    expect(await slugsOf({ filters: { labels: [nasty, '{', '"', '\\'] } })).toEqual([]);
    expect(await ask((db) => findScript(db, { tenantId, slug: nasty }))).toBeUndefined();
    expect(await slugsOf({})).toEqual(slugs);
  });

  it('T9 refuses a query without a tenant, even inside a tenant’s transaction', async () => {
    const missing = undefined as unknown as string;
    await expect(ask((db) => listScripts(db, { tenantId: missing }))).rejects.toThrow(/names no tenant/);
    await expect(ask((db) => findScript(db, { tenantId: missing, slug: 'alpha' }))).rejects.toThrow(
      /names no tenant/,
    );
  });

  it('answers nothing when the query’s tenant and the transaction’s differ: each is a filter of its own', async () => {
    expect(await ask((db) => findScript(db, { tenantId: otherTenantId, slug: 'alpha' }))).toBeUndefined();
  });
});

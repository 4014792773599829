import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScriptEvent } from '@stemma/domain/events';
import type { Position, ReadDb, StreamFact } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import { findVersion, listLineage, listVersions, type VersionFilters, versions } from './versions.queries.js';

const tenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
const otherTenantId = '7b1f3a52-3d1e-5b0a-9c55-000000000002';
const idOf = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;

const did = (event: ScriptEvent, tenant: string): StreamFact => ({
  event,
  meta: { tenantId: tenant, actor: { kind: 'user', id: 'ann', via: null }, at: '2026-11-21T08:00:00.000Z' },
});

describe('asking for versions', () => {
  let side: ReadSide;
  let after: Position;
  beforeAll(async () => {
    side = await startReadSide([versions]);
    await tell(tenantId, 1, 'sales', 5);
    await tell(tenantId, 2, 'empty', 0);
    await tell(otherTenantId, 3, 'sales', 1);
  });
  afterAll(() => side.stop());

  async function tell(tenant: string, script: number, slug: string, count: number): Promise<void> {
    const scriptId = idOf(script);
    const details = { name: slug, description: '', labels: [] };
    const born: ScriptEvent = {
      type: 'ScriptCreated',
      data: { scriptId, slug, kind: 'code', type: 'one_off', details },
    };
    const drafts = Array.from({ length: count }, (_, index): ScriptEvent => ({
      type: 'DraftCreated',
      data: {
        scriptId,
        versionId: idOf(script * 1_000 + index),
        number: index + 1,
        contentHash: 'a'.repeat(64),
        derivedFromVersionId: null,
        origin: 'saved',
        changeSummary: null,
        sameContentAs: null,
      },
    }));
    const facts = [born, ...drafts].map((event) => did(event, tenant));
    after = await side.tell(`script-${tenant}.${scriptId}`, ...facts);
  }

  const ask = async <T>(query: (db: ReadDb) => Promise<T>) =>
    (await side.readModel.read({ tenantId, projections: [versions], after }, query)).value;

  it('lists them newest first, page by page, with the slug of their script', async () => {
    const first = await ask((db) => listVersions(db, { tenantId, slug: 'sales', limit: 2 }));
    expect(first.items.map(({ number, slug }) => [slug, number])).toEqual([
      ['sales', 5],
      ['sales', 4],
    ]);
    expect(first.next).toBe(4);
    const rest = await ask((db) => listVersions(db, { tenantId, slug: 'sales', below: 4, limit: 3 }));
    expect(rest.items.map(({ number }) => number)).toEqual([3, 2, 1]);
    expect(rest.next).toBeNull();
  });

  it('has none for a script without versions, and none for a script that is not there', async () => {
    for (const slug of ['empty', 'nowhere']) {
      expect(await ask((db) => listVersions(db, { tenantId, slug }))).toEqual({
        items: [],
        next: null,
        total: undefined,
      });
    }
  });

  it('filters by state, author, origin and content, and counts when asked', async () => {
    const found = async (filters: VersionFilters) =>
      (await ask((db) => listVersions(db, { tenantId, slug: 'sales', filters, limit: 2, count: true })))
        .total;
    expect(await found({})).toBe(5);
    expect(await found({ state: 'draft', createdBy: 'ann', origin: 'saved' })).toBe(5);
    expect(await found({ contentHash: 'a'.repeat(64) })).toBe(5);
    for (const none of [
      { state: 'active' },
      { createdBy: 'bob' },
      { origin: 'rollback' },
      { contentHash: 'b' },
    ])
      expect(await found(none as VersionFilters)).toBe(0);
  });

  it('says where each came from, oldest first', async () => {
    const lineage = await ask((db) => listLineage(db, { tenantId, slug: 'sales', limit: 2 }));
    expect(lineage.items.map(({ number }) => number)).toEqual([4, 5]);
    expect(lineage.truncated).toBe(true);
    const foreign = await ask((db) => listLineage(db, { tenantId: otherTenantId, slug: 'sales', limit: 9 }));
    expect(foreign).toEqual({ items: [], truncated: false });
  });

  it('finds one by slug and number, in its tenant only', async () => {
    expect(await ask((db) => findVersion(db, { tenantId, slug: 'sales', number: 3 }))).toMatchObject({
      versionId: idOf(1_002),
      number: 3,
      slug: 'sales',
      state: 'draft',
    });
    expect(await ask((db) => findVersion(db, { tenantId, slug: 'sales', number: 6 }))).toBeUndefined();
    expect(
      await ask((db) => findVersion(db, { tenantId: otherTenantId, slug: 'sales', number: 1 })),
    ).toBeUndefined();
  });

  it('T9 refuses a query without a tenant', async () => {
    const missing = null as unknown as string;
    await expect(ask((db) => listVersions(db, { tenantId: missing, slug: 'sales' }))).rejects.toThrow(
      /no tenant/,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Position, ReadDb } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import {
  approved,
  created,
  did,
  drafted,
  otherTenantId,
  streamOf,
  submitted,
  tenantId,
} from './reviews.fixtures.js';
import { type ListReviews, listReviews, reviews } from './reviews.queries.js';

const idOf = (n: number) => `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
const twoEyes = { requiredApprovals: 1, fourEyes: false };
const one = { requiredApprovals: 1, fourEyes: true };

describe('asking for what waits', () => {
  let side: ReadSide;
  let after: Position;
  beforeAll(async () => {
    side = await startReadSide([reviews]);
    // The one submitted first comes last in the log, so that age and log do not agree.
    await submit(1, 'alpha', { author: 'ann', at: 30 });
    await submit(2, 'bravo', { author: 'ann', at: 20, approvedBy: ['cy'] });
    await submit(3, 'charlie', { author: 'bob', at: 20, approvedBy: ['cy', 'dee'] });
    await submit(4, 'delta', { author: 'bob', at: 10, applied: twoEyes });
    await submit(5, 'echo', { author: 'bob', at: 40, applied: one, approvedBy: ['ann'] });
    await submit(99, 'alpha', { author: 'eve', at: 1, tenant: otherTenantId });
  });
  afterAll(() => side.stop());

  interface Submission {
    readonly author: string;
    readonly at: number;
    readonly approvedBy?: readonly string[];
    readonly applied?: typeof twoEyes;
    readonly tenant?: string;
  }

  async function submit(
    n: number,
    slug: string,
    { author, at, approvedBy = [], applied, tenant = tenantId }: Submission,
  ) {
    const script = idOf(n);
    const facts = [
      did(author, 0, created(slug, script), tenant),
      did(author, 0, drafted(1, script), tenant),
      did(author, at, submitted(1, 1, script, applied), tenant),
      ...approvedBy.map((person) => did(person, 50, approved(1, 1, null, script), tenant)),
    ];
    after = await side.tell(streamOf(tenant, script), ...facts);
  }

  const ask = async <T>(query: (db: ReadDb) => Promise<T>) =>
    (await side.readModel.read({ tenantId, projections: [reviews], after }, query)).value;
  const list = (request: Partial<ListReviews> = {}) => ask((db) => listReviews(db, { tenantId, ...request }));
  const slugsOf = async (filters: ListReviews['filters']) =>
    (await list({ filters })).items.map(({ slug }) => slug);
  const waitingFor = (person: string, mayApprove: boolean, mayPublish: boolean) =>
    slugsOf({ waitingFor: { person, mayApprove, mayPublish } });

  it('lists the tenant’s, the longest waiting first, page by page, and counts them when asked', async () => {
    const first = await list({ limit: 2, count: true });
    expect(first.items.map(({ slug }) => slug)).toEqual(['delta', 'bravo']);
    expect(first.total).toBe(5);
    const rest = await list({ limit: 3, cursor: first.next ?? undefined });
    expect(rest.items.map(({ slug }) => slug)).toEqual(['charlie', 'alpha', 'echo']);
    expect(rest).toMatchObject({ next: null, total: undefined });
  });

  it('R-E7 waits for a reviewer who is not the author and has not approved yet', async () => {
    expect(await waitingFor('ann', true, false)).toEqual(['delta']);
    expect(await waitingFor('bob', true, false)).toEqual(['delta', 'bravo', 'alpha']);
    expect(await waitingFor('cy', true, false)).toEqual(['delta', 'alpha']);
  });

  it('waits for a publisher once it has all approvals', async () => {
    expect(await waitingFor('fay', false, true)).toEqual(['charlie', 'echo']);
    expect(await waitingFor('bob', false, true)).toEqual([]);
    expect(await waitingFor('cy', true, true)).toEqual(['delta', 'charlie', 'alpha', 'echo']);
  });

  it('waits for nobody who may neither approve nor publish', async () => {
    expect(await waitingFor('cy', false, false)).toEqual([]);
  });

  it('filters by script, author and stage', async () => {
    expect(await slugsOf({ slug: 'alpha' })).toEqual(['alpha']);
    expect(await slugsOf({ author: 'bob' })).toEqual(['delta', 'charlie', 'echo']);
    expect(await slugsOf({ author: 'bob', stage: 'publishing' })).toEqual(['charlie', 'echo']);
    expect(await slugsOf({ author: 'eve' })).toEqual([]);
    expect(await slugsOf({ slug: `x'; DROP TABLE reviews__1.reviews; --` })).toEqual([]);
  });

  it('T9 refuses a query without a tenant', async () => {
    const missing = undefined as unknown as string;
    await expect(ask((db) => listReviews(db, { tenantId: missing }))).rejects.toThrow(/names no tenant/);
    expect(await ask((db) => listReviews(db, { tenantId: otherTenantId }))).toMatchObject({ items: [] });
  });
});

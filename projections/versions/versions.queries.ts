import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { versions } from './versions.projection.js';
import type { versionRows } from './versions.tables.js';

export { versions };
export type { Act, Approval, Policy, RequestedChanges, Submission } from './versions.tables.js';

/** A version with the slug of its script. */
export type VersionRow = RowOf<typeof versionRows> & { readonly slug: string };

export interface VersionFilters {
  readonly state?: VersionRow['state'] | undefined;
  readonly createdBy?: string | undefined;
  readonly origin?: VersionRow['origin'] | undefined;
  /** Those with this very content. */
  readonly contentHash?: string | undefined;
}

export interface ListVersions {
  readonly tenantId: string;
  readonly slug: string;
  readonly filters?: VersionFilters | undefined;
  /** Only versions with a smaller number: the last one of the page before. */
  readonly below?: number | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
  /** Also how many there are on all pages. */
  readonly count?: boolean | undefined;
}

export interface VersionPage {
  /** Newest first. */
  readonly items: readonly VersionRow[];
  /** `below` of the next page; null on the last one. */
  readonly next: number | null;
  /** Over all pages, when it was asked for. */
  readonly total: number | undefined;
}

const versionsOf = (db: ReadDb, tenantId: string, slug: string) =>
  bySlug(db, tenantId, slug).selectAll('v').select('s.slug');

const bySlug = (db: ReadDb, tenantId: string, slug: string) =>
  db
    .views(versions)
    .selectFrom('versions_v2_slugs as s')
    .innerJoin('versions_v2 as v', (join) =>
      join.onRef('v.tenantId', '=', 's.tenantId').onRef('v.scriptId', '=', 's.scriptId'),
    )
    .where('s.tenantId', '=', requireTenant(tenantId))
    .where('s.slug', '=', slug);

/** A page of a script's versions; empty when the tenant has no such script. Reads `versions`. */
export async function listVersions(
  db: ReadDb,
  { tenantId, slug, filters = {}, below, limit = 50, count = false }: ListVersions,
): Promise<VersionPage> {
  const size = Math.min(Math.max(limit, 1), 200);
  const wanted = filtered(bySlug(db, tenantId, slug), filters);
  const found = await wanted
    .selectAll('v')
    .select('s.slug')
    .$if(below !== undefined, (query) => query.where('v.number', '<', below ?? 0))
    .orderBy('v.number', 'desc')
    .limit(size + 1)
    .execute();
  const items = found.slice(0, size);
  const next = found.length > size ? (items.at(-1)?.number ?? null) : null;
  return { items, next, total: count ? await countOf(wanted) : undefined };
}

type BySlug = ReturnType<typeof bySlug>;

function filtered(query: BySlug, filters: VersionFilters): BySlug {
  const { state, createdBy, origin, contentHash } = filters;
  let wanted = query;
  if (state !== undefined) wanted = wanted.where('v.state', '=', state);
  if (createdBy !== undefined) wanted = wanted.where('v.createdBy', '=', createdBy);
  if (origin !== undefined) wanted = wanted.where('v.origin', '=', origin);
  if (contentHash !== undefined) wanted = wanted.where('v.contentHash', '=', contentHash);
  return wanted;
}

async function countOf(wanted: BySlug): Promise<number> {
  const { total } = await wanted.select((eb) => eb.fn.countAll().as('total')).executeTakeFirstOrThrow();
  return Number(total);
}

/** One version of a script; undefined when there is none. Reads `versions`. */
export async function findVersion(
  db: ReadDb,
  { tenantId, slug, number }: { readonly tenantId: string; readonly slug: string; readonly number: number },
): Promise<VersionRow | undefined> {
  return versionsOf(db, tenantId, slug).where('v.number', '=', number).executeTakeFirst();
}

export type LineageRow = Pick<
  VersionRow,
  | 'number'
  | 'versionId'
  | 'state'
  | 'contentHash'
  | 'derivedFromVersionId'
  | 'origin'
  | 'sameContentAs'
  | 'changeSummary'
  | 'createdBy'
  | 'createdAt'
>;

export interface ListLineage {
  readonly tenantId: string;
  readonly slug: string;
  /** So many of the newest, 1 to 10 000. */
  readonly limit: number;
}

/** Where each of a script's newest versions came from, oldest first. Reads `versions`. */
export async function listLineage(
  db: ReadDb,
  { tenantId, slug, limit }: ListLineage,
): Promise<{ readonly items: readonly LineageRow[]; readonly truncated: boolean }> {
  const size = Math.min(Math.max(limit, 1), 10_000);
  const found = await lineageOf(db, tenantId, slug)
    .orderBy('v.number', 'desc')
    .limit(size + 1)
    .execute();
  return { items: found.slice(0, size).reverse(), truncated: found.length > size };
}

const lineageOf = (db: ReadDb, tenantId: string, slug: string) =>
  bySlug(db, tenantId, slug).select([
    'v.number',
    'v.versionId',
    'v.state',
    'v.contentHash',
    'v.derivedFromVersionId',
    'v.origin',
    'v.sameContentAs',
    'v.changeSummary',
    'v.createdBy',
    'v.createdAt',
  ]);

export interface PrunedContent {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly contentHash: string;
  readonly number: number;
  readonly prunedAt: string;
}

export interface PrunedPage {
  readonly since: string;
  /** The last one of the page before; undefined for the first page. */
  readonly after?: PrunedContent | undefined;
  readonly limit?: number;
}

/** Contents of all tenants that versions gave up at an instant or later, in this order. Reads `versions`. */
export async function listPrunedContents(
  db: ReadDb,
  { since, after, limit = 1_000 }: PrunedPage,
): Promise<readonly PrunedContent[]> {
  const rows = await db
    .views(versions)
    .selectFrom('versions_v2')
    .select(['tenantId', 'scriptId', 'contentHash', 'number', 'prunedAt'])
    .where('prunedAt', '>=', since)
    .$if(after !== undefined, (rest) =>
      rest.where((eb) =>
        eb(
          eb.refTuple('prunedAt', 'scriptId', 'number'),
          '>',
          eb.tuple(after?.prunedAt ?? '', after?.scriptId ?? '', after?.number ?? 0),
        ),
      ),
    )
    .orderBy('prunedAt')
    .orderBy('scriptId')
    .orderBy('number')
    .limit(limit)
    .execute();
  return rows.flatMap(({ prunedAt, ...row }) => (prunedAt === null ? [] : [{ ...row, prunedAt }]));
}

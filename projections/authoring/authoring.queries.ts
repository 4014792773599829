import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { authoring } from './authoring.projection.js';
import type { activationRows, authoringRows } from './authoring.tables.js';

export { authoring };

export type AuthoringRow = RowOf<typeof authoringRows>;
export type ActivationRow = RowOf<typeof activationRows>;
export type AuthoringAction = AuthoringRow['action'];

/** The actions that decide about a version: its way through review, and out of it. */
export const decisions = [
  'submit',
  'withdraw',
  'request-changes',
  'approve',
  'publish',
  'break-glass',
  'rollback',
] as const satisfies readonly AuthoringAction[];

export interface AuthoringFilters {
  readonly slug?: string | undefined;
  readonly number?: number | undefined;
  /** One of these; an empty list is none of them. */
  readonly actions?: readonly AuthoringAction[] | undefined;
  readonly by?: string | undefined;
  /** At this instant or later. */
  readonly from?: string | undefined;
  /** Before this instant. */
  readonly to?: string | undefined;
}

/** The last row of a page. Positions and revisions are decimals: they may exceed 2^53. */
export interface AuthoringCursor {
  readonly at: string;
  readonly position: string;
  readonly revision: string;
}

export interface ListAuthoring {
  readonly tenantId: string;
  readonly filters?: AuthoringFilters | undefined;
  /** From the page before, with the same filters. */
  readonly cursor?: AuthoringCursor | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
}

export interface AuthoringPage {
  readonly items: readonly AuthoringRow[];
  /** Of the next page; null on the last one. */
  readonly next: AuthoringCursor | null;
}

/** A page of the tenant's changes, the newest first. Reads `authoring`. */
export async function listAuthoring(
  db: ReadDb,
  { tenantId, filters = {}, cursor, limit = 50 }: ListAuthoring,
): Promise<AuthoringPage> {
  const size = Math.min(Math.max(limit, 1), 200);
  let query = db
    .views(authoring)
    .selectFrom('authoring_v1')
    .selectAll()
    .where('tenantId', '=', requireTenant(tenantId))
    .orderBy('at', 'desc')
    .orderBy('position', 'desc')
    .orderBy('revision', 'desc')
    .limit(size + 1);
  const { slug, number, actions, by, from, to } = filters;
  if (slug !== undefined) query = query.where('slug', '=', slug);
  if (number !== undefined) query = query.where('number', '=', number);
  if (actions !== undefined) query = query.where((eb) => eb('action', '=', eb.fn.any(eb.val(actions))));
  if (by !== undefined) query = query.where('by', '=', by);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (cursor !== undefined) {
    const { at, position, revision } = cursor;
    query = query.where((eb) =>
      eb(eb.refTuple('at', 'position', 'revision'), '<', eb.tuple(at, BigInt(position), BigInt(revision))),
    );
  }
  return pageOf(await query.execute(), size);
}

function pageOf(found: readonly AuthoringRow[], size: number): AuthoringPage {
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  if (!last) return { items, next: null };
  const { at, position, revision } = last;
  return { items, next: { at, position: String(position), revision: String(revision) } };
}

export interface ListActivations {
  readonly tenantId: string;
  readonly slug: string;
  /** Only versions with a smaller number: the last one of the page before. */
  readonly below?: number | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
}

export interface ActivationPage {
  /** Newest first. */
  readonly items: readonly ActivationRow[];
  /** `below` of the next page; null on the last one. */
  readonly next: number | null;
}

/** Who moved the active version of a script, to which one and when, in one query. Reads `authoring`. */
export async function listActivations(
  db: ReadDb,
  { tenantId, slug, below, limit = 50 }: ListActivations,
): Promise<ActivationPage> {
  const size = Math.min(Math.max(limit, 1), 200);
  const found = await db
    .views(authoring)
    .selectFrom('authoring_v1_activations')
    .selectAll()
    .where('tenantId', '=', requireTenant(tenantId))
    .where('slug', '=', slug)
    .$if(below !== undefined, (query) => query.where('number', '<', below ?? 0))
    .orderBy('number', 'desc')
    .limit(size + 1)
    .execute();
  const items = found.slice(0, size);
  return { items, next: found.length > size ? (items.at(-1)?.number ?? null) : null };
}

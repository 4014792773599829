import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { scripts } from './scripts.projection.js';
import type { scriptRows } from './scripts.tables.js';

export { scripts };

export type ScriptRow = RowOf<typeof scriptRows>;

/** The script of this slug; undefined when the tenant has none. Reads `scripts`. */
export async function findScript(
  db: ReadDb,
  { tenantId, slug }: { readonly tenantId: string; readonly slug: string },
): Promise<ScriptRow | undefined> {
  return db
    .views(scripts)
    .selectFrom('scripts_v2')
    .selectAll()
    .where('tenantId', '=', requireTenant(tenantId))
    .where('slug', '=', slug)
    .executeTakeFirst();
}

export interface ScriptFilters {
  readonly status?: ScriptRow['status'] | undefined;
  readonly kind?: ScriptRow['kind'] | undefined;
  readonly type?: ScriptRow['type'] | undefined;
  /** Every one of these labels. */
  readonly labels?: readonly string[] | undefined;
}

/** The columns a list may be sorted by; a leading `-` is newest or last first. Ties are broken by the script's id. */
export type ScriptSort = 'slug' | '-slug' | 'createdAt' | '-createdAt' | 'changedAt' | '-changedAt';

export interface ListScripts {
  readonly tenantId: string;
  readonly filters?: ScriptFilters | undefined;
  readonly sort?: ScriptSort | undefined;
  /** From the page before, with the same filters and sort. */
  readonly cursor?: ScriptCursor | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
}

/** The last row of a page: the value it was sorted by, and its id. */
export interface ScriptCursor {
  readonly value: string;
  readonly scriptId: string;
}

export interface ScriptPage {
  readonly items: readonly ScriptRow[];
  /** Of the next page; null on the last one. */
  readonly next: ScriptCursor | null;
}

/** A page of the tenant's scripts. Reads `scripts`. */
export async function listScripts(
  db: ReadDb,
  { tenantId, filters = {}, sort = 'slug', cursor, limit = 50 }: ListScripts,
): Promise<ScriptPage> {
  const descending = sort.startsWith('-');
  const by = sort.replace('-', '') as 'slug' | 'createdAt' | 'changedAt';
  const direction = descending ? 'desc' : 'asc';
  const { status, kind, type, labels } = filters;
  const size = Math.min(Math.max(limit, 1), 200);
  const found = await db
    .views(scripts)
    .selectFrom('scripts_v2')
    .selectAll()
    .where('tenantId', '=', requireTenant(tenantId))
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? 'draft'))
    .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'code'))
    .$if(type !== undefined, (query) => query.where('type', '=', type ?? 'one_off'))
    .$if(labels !== undefined && labels.length > 0, (query) =>
      query.where((eb) => eb('labels', '@>', eb.val(labels ?? []))),
    )
    .$if(cursor !== undefined, (query) =>
      query.where((eb) =>
        eb(
          eb.refTuple(by, 'scriptId'),
          descending ? '<' : '>',
          eb.tuple(cursor?.value ?? '', cursor?.scriptId ?? ''),
        ),
      ),
    )
    .orderBy(by, direction)
    .orderBy('scriptId', direction)
    .limit(size + 1)
    .execute();
  return pageOf(found, size, by);
}

function pageOf(
  found: readonly ScriptRow[],
  size: number,
  by: 'slug' | 'createdAt' | 'changedAt',
): ScriptPage {
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  return { items, next: last ? { value: last[by], scriptId: last.scriptId } : null };
}

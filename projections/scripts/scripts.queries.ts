import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { scripts } from './scripts.projection.js';
import type { scriptRows } from './scripts.tables.js';
import { type TermField, wordsOf } from './terms.js';

export { scripts };
export type { PrunePolicy, ReviewPolicy, Trigger } from './scripts.tables.js';

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
  readonly enabled?: boolean | undefined;
  readonly listed?: boolean | undefined;
  readonly retired?: boolean | undefined;
  readonly createdBy?: string | undefined;
  readonly changedBy?: string | undefined;
  /** Every one of these labels. */
  readonly labels?: readonly string[] | undefined;
  /** Every one of these intents. */
  readonly intents?: readonly string[] | undefined;
  /** Every one of these languages. */
  readonly languageCodes?: readonly string[] | undefined;
  /** Words, each of which begins a word of slug, name, labels or description; the first ten count. */
  readonly text?: string | undefined;
}

/** The columns a list may be sorted by; a leading `-` is newest or last first. Ties are broken by the script's id. */
export type ScriptSort = SortColumn | `-${SortColumn}`;
type SortColumn = 'slug' | 'name' | 'createdAt' | 'changedAt';

export interface ListScripts {
  readonly tenantId: string;
  readonly filters?: ScriptFilters | undefined;
  readonly sort?: ScriptSort | undefined;
  /** From the page before, with the same filters and sort. */
  readonly cursor?: ScriptCursor | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
  /** Also how many there are on all pages. */
  readonly count?: boolean | undefined;
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
  /** Over all pages, when it was asked for. */
  readonly total: number | undefined;
}

const MOST_WORDS = 10;
/** Sorts behind every letter and digit there is. */
const LAST = '\u{10FFFF}';

interface Wanted {
  readonly field: TermField;
  readonly from: string;
  /** Everything from here on is beyond; the very term when absent. */
  readonly to?: string;
}

/** The terms that a script must have, each one of them. */
function wantedTerms({
  labels = [],
  intents = [],
  languageCodes = [],
  text = '',
}: ScriptFilters): readonly Wanted[] {
  const exact = (field: TermField, terms: readonly string[]) =>
    terms.map((from): Wanted => ({ field, from }));
  const words = wordsOf(text).slice(0, MOST_WORDS);
  return [
    ...exact('label', labels),
    ...exact('intent', intents),
    ...exact('language', languageCodes),
    ...words.map((word): Wanted => ({ field: 'word', from: word, to: word + LAST })),
  ];
}

/** Each term is looked up in its index: row security lets no GIN index be used, whose operators might leak (docs/adr/0016). */
function matching(db: ReadDb, tenantId: string, filters: ScriptFilters) {
  const { status, kind, type, enabled, listed, retired, createdBy, changedBy } = filters;
  const same = Object.entries({ status, kind, type, enabled, listed, retired, createdBy, changedBy });
  let query = db
    .views(scripts)
    .selectFrom('scripts_v2 as s')
    .where('s.tenantId', '=', requireTenant(tenantId));
  for (const [name, value] of same) {
    if (value !== undefined) query = query.where(`s.${name as Equal}`, '=', value);
  }
  for (const { field, from, to } of wantedTerms(filters)) {
    query = query.where((eb) => {
      const terms = eb
        .selectFrom('scripts_v2_terms as t')
        .select('t.place')
        .whereRef('t.tenantId', '=', 's.tenantId')
        .whereRef('t.scriptId', '=', 's.scriptId')
        .where('t.field', '=', field);
      return eb.exists(
        to === undefined
          ? terms.where('t.term', '=', from)
          : terms.where('t.term', '>=', from).where('t.term', '<', to),
      );
    });
  }
  return query;
}

type Equal = 'status' | 'kind' | 'type' | 'enabled' | 'listed' | 'retired' | 'createdBy' | 'changedBy';

/** A page of the tenant's scripts: those that every filter lets by. Reads `scripts`. */
export async function listScripts(
  db: ReadDb,
  { tenantId, filters = {}, sort = 'slug', cursor, limit = 50, count = false }: ListScripts,
): Promise<ScriptPage> {
  const descending = sort.startsWith('-');
  const by = sort.replace('-', '') as SortColumn;
  const direction = descending ? 'desc' : 'asc';
  const size = Math.min(Math.max(limit, 1), 200);
  const found = await matching(db, tenantId, filters)
    .selectAll('s')
    .$if(cursor !== undefined, (query) =>
      query.where((eb) =>
        eb(
          eb.refTuple(`s.${by}`, 's.scriptId'),
          descending ? '<' : '>',
          eb.tuple(cursor?.value ?? '', cursor?.scriptId ?? ''),
        ),
      ),
    )
    .orderBy(`s.${by}`, direction)
    .orderBy('s.scriptId', direction)
    .limit(size + 1)
    .execute();
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  const next = last ? { value: last[by], scriptId: last.scriptId } : null;
  return { items, next, total: count ? await countScripts(db, tenantId, filters) : undefined };
}

async function countScripts(db: ReadDb, tenantId: string, filters: ScriptFilters): Promise<number> {
  const { total } = await matching(db, tenantId, filters)
    .select((eb) => eb.fn.countAll().as('total'))
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** The scripts of all tenants that are pruned again and again, and by which rule. Reads `scripts`. */
export async function listPrunePolicies(db: ReadDb, limit = 10_000) {
  const rows = await db
    .views(scripts)
    .selectFrom('scripts_v2')
    .select(['tenantId', 'scriptId', 'slug', 'prunePolicy'])
    .where('prunePolicy', 'is not', null)
    .where('retired', '=', false)
    .orderBy('scriptId')
    .limit(limit)
    .execute();
  return rows.flatMap(({ prunePolicy, ...row }) =>
    prunePolicy === null ? [] : [{ ...row, policy: prunePolicy }],
  );
}

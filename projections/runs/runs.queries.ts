import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { runs } from './runs.projection.js';
import type { runRows } from './runs.tables.js';

export { type BlobUse, findBlobUses, listTenantsWithRuns } from './blob-uses.js';
export { runs };

export type RunRow = RowOf<typeof runRows>;

/** The run of this id; undefined when the tenant has none. Reads `runs`. */
export async function findRun(
  db: ReadDb,
  { tenantId, runId }: { readonly tenantId: string; readonly runId: string },
): Promise<RunRow | undefined> {
  return db
    .views(runs)
    .selectFrom('runs_v2')
    .selectAll()
    .where('tenantId', '=', requireTenant(tenantId))
    .where('runId', '=', runId)
    .executeTakeFirst();
}

export interface RunFilters {
  readonly slug?: string | undefined;
  readonly status?: RunRow['status'] | undefined;
  readonly context?: RunRow['context'] | undefined;
  readonly requestedBy?: string | undefined;
  readonly trigger?: string | undefined;
  /** Those that are given must be the same. */
  readonly subject?: { readonly schema?: string; readonly model?: string; readonly id?: string } | undefined;
  readonly connector?: { readonly type?: string; readonly key?: string } | undefined;
  /** Values as they are written: `5` finds the number and the text. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Requested at this instant or later (ISO 8601), and before that one. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The last row of a page. */
export interface RunCursor {
  readonly requestedAt: string;
  readonly runId: string;
}

export interface ListRuns {
  readonly tenantId: string;
  readonly filters?: RunFilters | undefined;
  /** From the page before, with the same filters. */
  readonly cursor?: RunCursor | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
}

export interface RunPage {
  readonly items: readonly RunRow[];
  /** Of the next page; null on the last one. */
  readonly next: RunCursor | null;
}

type RunViews = { readonly runs_v2: RunRow };
type Conditions = ExpressionBuilder<RunViews, 'runs_v2'>;
type Condition = Expression<SqlBool>;

const columns = ['slug', 'status', 'context', 'requestedBy', 'trigger'] as const;

function conditionsOf(eb: Conditions, filters: RunFilters): Condition[] {
  const { from, to, subject, connector, variables = {} } = filters;
  const plain = columns.flatMap((column) => {
    const wanted = filters[column];
    return wanted === undefined ? [] : [eb(column, '=', wanted)];
  });
  return [
    ...plain,
    ...(from === undefined ? [] : [eb('requestedAt', '>=', from)]),
    ...(to === undefined ? [] : [eb('requestedAt', '<', to)]),
    ...(subject === undefined ? [] : [contains('subject', subject)]),
    ...(connector === undefined ? [] : [contains('connector', connector)]),
    ...Object.entries(variables).map(([name, text]) =>
      eb.or(readingsOf(text).map((value) => contains('variables', { [name]: { value } }))),
    ),
  ];
}

const contains = (column: 'subject' | 'connector' | 'variables', part: object): Condition =>
  sql<SqlBool>`${sql.ref(column)} @> ${JSON.stringify(part)}::jsonb`;

/** A text, and the number, boolean or null that is written so. */
function readingsOf(text: string): readonly unknown[] {
  const other: unknown = /^(true|false|null|-?\d+(\.\d+)?([eE][-+]?\d+)?)$/.test(text)
    ? (JSON.parse(text.replace(/^(-?)0+(?=\d)/, '$1')) as unknown)
    : text;
  return other === text ? [text] : [text, other];
}

/** A page of the tenant's runs, the newest first. Reads `runs`. */
export async function listRuns(
  db: ReadDb,
  { tenantId, filters = {}, cursor, limit = 50 }: ListRuns,
): Promise<RunPage> {
  const size = Math.min(Math.max(limit, 1), 200);
  let query = db
    .views(runs)
    .selectFrom('runs_v2')
    .selectAll()
    .where('tenantId', '=', requireTenant(tenantId))
    .where((eb) => eb.and(conditionsOf(eb, filters)))
    .orderBy('requestedAt', 'desc')
    .orderBy('runId', 'desc')
    .limit(size + 1);
  if (cursor !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('requestedAt', 'runId'), '<', eb.tuple(cursor.requestedAt, cursor.runId)),
    );
  }
  return pageOf(await query.execute(), size);
}

function pageOf(found: readonly RunRow[], size: number): RunPage {
  const items = found.slice(0, size);
  const last = found.length > size ? items.at(-1) : undefined;
  return { items, next: last ? { requestedAt: last.requestedAt, runId: last.runId } : null };
}

export type UnfinishedRun = Pick<
  RunRow,
  | 'tenantId'
  | 'runId'
  | 'attempt'
  | 'cancelRequested'
  | 'failures'
  | 'failedAt'
  | 'retryAfterMs'
  | 'requestedAt'
  | 'startedAt'
> & {
  readonly status: 'pending' | 'running';
  /** Of the current attempt; null before the first start. */
  readonly worker: string | null;
};

export interface UnfinishedPage {
  /** The last one of the page before; undefined for the first page. */
  readonly after?: RunCursor | undefined;
  readonly limit: number;
}

/** Runs of all tenants that have not ended, the oldest first. Reads `runs`, over all tenants: not for requests. */
export async function listUnfinishedRuns(
  db: ReadDb,
  { after, limit }: UnfinishedPage,
): Promise<readonly UnfinishedRun[]> {
  let query = db
    .views(runs)
    .selectFrom('runs_v2')
    .select([
      'tenantId',
      'runId',
      'status',
      'attempt',
      'attempts',
      'cancelRequested',
      'failures',
      'failedAt',
      'retryAfterMs',
      'requestedAt',
      'startedAt',
    ])
    .where('status', 'in', ['pending', 'running'])
    .orderBy('requestedAt')
    .orderBy('runId')
    .limit(limit);
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('requestedAt', 'runId'), '>', eb.tuple(after.requestedAt, after.runId)),
    );
  }
  const found = await query.execute();
  return found.map(({ attempts, status, ...run }) => ({
    ...run,
    status: status === 'running' ? 'running' : 'pending',
    worker: attempts.at(-1)?.worker ?? null,
  }));
}

/**
 * All of them, page after page: `read` answers one, in a read of its own, and only one is held. What is asked for meanwhile
 * comes last; what ends meanwhile may or may not come.
 */
export async function* unfinishedRuns(
  read: (page: UnfinishedPage) => Promise<readonly UnfinishedRun[]>,
  limit = 1_000,
): AsyncGenerator<UnfinishedRun> {
  let after: UnfinishedRun | undefined;
  do {
    const page = await read({ after, limit });
    yield* page;
    after = page.length === limit ? page.at(-1) : undefined;
  } while (after);
}

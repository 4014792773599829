import { type Checkpoint, readCheckpoint } from '../database/checkpoint.js';
import type { Sql } from '../database/connect.js';
import { type BuildRef, buildSchema, columnName, ident, pastTable } from '../database/names.js';
import { readParkedStreams } from '../database/parked.js';
import type { TenantDigest } from '../log/ops-events.js';
import type { Projection } from '../projection/projection.js';
import type { Table } from '../projection/table.js';

/** A build at one moment. */
export interface BuildDigest {
  readonly checkpoint: Checkpoint;
  readonly parked: readonly string[];
  /** In the order of table and tenant; rows of parked streams are left out. */
  readonly tables: readonly TenantDigest[];
}

/** The columns that count, by table: the projection's and the engine's, of what rows are and of what they were. */
export function countedColumns(
  table: Table,
): readonly { readonly name: string; readonly columns: readonly string[] }[] {
  const columns = [...Object.keys(table.columns).map(columnName), '_stream', '_since'];
  return [
    { name: table.name, columns },
    { name: pastTable(table), columns: [...columns, '_until'] },
  ];
}

/** A build's rows and checkpoint in one snapshot. `leftOut` are streams that are parked on the other side. */
export async function digestBuild(
  sql: Sql,
  build: BuildRef,
  projection: Projection,
  leftOut: readonly string[] = [],
): Promise<BuildDigest> {
  await beginSnapshot(sql);
  try {
    return await digestIn(sql, build, projection, leftOut);
  } finally {
    await sql.query('ROLLBACK');
  }
}

/** Begins a snapshot of everything, as the writer sees it: the rows of all tenants. The first query takes it. */
export async function beginSnapshot(sql: Sql): Promise<void> {
  await sql.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE stemma_writer');
}

/** The same, in a snapshot that was begun. */
export async function digestIn(
  sql: Sql,
  build: BuildRef,
  projection: Projection,
  leftOut: readonly string[],
): Promise<BuildDigest> {
  const checkpoint = await readCheckpoint(sql, build);
  const parked = await readParkedStreams(sql, build);
  const tables: TenantDigest[] = [];
  for (const { name, columns } of projection.tables.flatMap(countedColumns)) {
    const { rows } = await sql.query('SELECT * FROM stemma.digest($1, $2, $3) ORDER BY tenant_id', [
      `${ident(buildSchema(build))}.${ident(name)}`,
      columns,
      [...parked, ...leftOut],
    ]);
    tables.push(...rows.map((row) => tenantDigest(name, row)));
  }
  return { checkpoint, parked, tables };
}

const tenantDigest = (table: string, row: Record<string, unknown>): TenantDigest => ({
  table,
  tenantId: String(row['tenant_id']),
  rows: Number(row['rows']),
  digest: String(row['digest']),
});

const keyOf = ({ table, tenantId }: TenantDigest): string => `${table} ${tenantId}`;

/** Tables and tenants whose rows are not the same. */
export function differing(
  one: BuildDigest,
  other: BuildDigest,
): readonly Pick<TenantDigest, 'table' | 'tenantId'>[] {
  const digests = new Map(one.tables.map((entry) => [keyOf(entry), entry]));
  const extra = other.tables.filter((entry) => digests.get(keyOf(entry))?.digest !== entry.digest);
  const known = new Set(other.tables.map(keyOf));
  const missing = one.tables.filter((entry) => !known.has(keyOf(entry)));
  return [...extra, ...missing].map(({ table, tenantId }) => ({ table, tenantId }));
}

import { columnName } from '../database/names.js';
import type { Sql } from '../database/connect.js';
import { keyText, type Row, type RowKey, type Table } from '../projection/table.js';
import type { PastRow, StoredRow, TableChanges } from '../projection/working-set.js';
import type { RowSql } from './row-sql.js';

/** The statements of each table of a build. */
export type BuildSql = ReadonlyMap<Table, RowSql>;

const toJson = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function snakeKeys(row: Row): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const name in row) record[columnName(name)] = row[name];
  return record;
}

const record = ({ row, stream, since }: StoredRow) => ({ ...snakeKeys(row), _stream: stream, _since: since });
const pastRecord = (row: PastRow) => ({ ...record(row), _until: row.until });

const run = (sql: Sql, statement: string, records: readonly object[]) =>
  sql.query(statement, [JSON.stringify(records, toJson)]);

/** The rows of these keys, in one statement per table. */
export async function loadRows(
  sql: Sql,
  statements: BuildSql,
  keys: readonly RowKey[],
): Promise<ReadonlyMap<Table, readonly StoredRow[]>> {
  const loaded = new Map<Table, readonly StoredRow[]>();
  for (const [table, { load }] of statements) {
    const wanted = new Map<string, object>();
    for (const { table: of, key } of keys) {
      if (of === table) wanted.set(keyText(table, key), snakeKeys(key));
    }
    if (wanted.size === 0) continue;
    const { rows } = await run(sql, load, [...wanted.values()]);
    loaded.set(
      table,
      rows.map((stored) => storedRow(table, stored)),
    );
  }
  return loaded;
}

function storedRow(table: Table, stored: Record<string, unknown>): StoredRow {
  const row: Record<string, unknown> = {};
  for (const name in table.columns) row[name] = stored[columnName(name)];
  return { row, stream: String(stored['_stream']), since: stored['_since'] as bigint };
}

/** Writes what a batch made of its rows: at most three statements per table. */
export async function saveRows(
  sql: Sql,
  statements: BuildSql,
  changes: readonly TableChanges[],
): Promise<void> {
  for (const { table, inserts, updates, removes, past } of changes) {
    const statement = statements.get(table);
    if (!statement) continue;
    const puts = [...inserts, ...updates];
    if (puts.length > 0) await run(sql, statement.upsert, puts.map(record));
    if (removes.length > 0) await run(sql, statement.remove, removes.map(snakeKeys));
    if (past.length > 0) await run(sql, statement.keepPast, past.map(pastRecord));
  }
}

import { columnName } from '../database/names.js';
import type { Sql } from '../database/connect.js';
import type { Call } from '../database/script.js';
import { emptyRow, type Row, type RowKey, type Table } from '../projection/table.js';
import type { PastRow, StoredRow, TableChanges, WorkingSet } from '../projection/working-set.js';
import type { RowSql } from './row-sql.js';

/** The statements of each table of a build. */
export type BuildSql = ReadonlyMap<Table, RowSql>;

/** 64 bits travel as text: JSON has no number for them. */
function snakeKeys(row: Row): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const name in row) {
    const value = row[name];
    record[columnName(name)] = typeof value === 'bigint' ? String(value) : value;
  }
  return record;
}

function record({ row, stream, since }: StoredRow): Record<string, unknown> {
  const found = snakeKeys(row);
  found['_stream'] = stream;
  found['_since'] = String(since);
  return found;
}

function pastRecord(row: PastRow): Record<string, unknown> {
  const found = record(row);
  found['_until'] = String(row.until);
  return found;
}

const callOf = (statement: string, records: readonly object[]): Call => ({
  statement,
  json: JSON.stringify(records),
});

const run = (sql: Sql, { statement, json }: Call) => sql.query(statement, [json]);

/** What loads the rows of these keys: one call per table, and one for its groups. */
export function loadCalls(
  statements: BuildSql,
  keys: readonly RowKey[],
): readonly { readonly table: Table; readonly call: Call }[] {
  if (keys.length === 0) return [];
  return [...statements].flatMap(([table, { load, loadGroups }]) => {
    const [rows, groups] = [new Map<string, object>(), new Map<string, object>()];
    for (const { table: of, key, text, isGroup } of keys) {
      if (of === table) (isGroup ? groups : rows).set(text, snakeKeys(key));
    }
    return [
      ...(rows.size > 0 ? [{ table, call: callOf(load, [...rows.values()]) }] : []),
      ...(groups.size > 0 ? [{ table, call: callOf(loadGroups, [...groups.values()]) }] : []),
    ];
  });
}

/** Loads the rows of these keys: one statement per table, and one for its groups. */
export async function loadRows(
  sql: Sql,
  statements: BuildSql,
  keys: readonly RowKey[],
  set: WorkingSet,
): Promise<void> {
  for (const { table, call } of loadCalls(statements, keys)) {
    const { rows } = await run(sql, call);
    set.load(
      table,
      rows.map((stored) => storedRow(table, stored)),
    );
  }
  set.loadedGroups(keys);
}

/** A row as `load` answers it. */
export function storedRow(table: Table, stored: Record<string, unknown>): StoredRow {
  const row: Record<string, unknown> = { ...emptyRow(table) };
  for (const name in table.columns) row[name] = stored[columnName(name)];
  return { row, stream: String(stored['_stream']), since: stored['_since'] as bigint };
}

/** What writes what a batch made of its rows: at most three calls per table. */
export function saveCalls(statements: BuildSql, changes: readonly TableChanges[]): readonly Call[] {
  return changes.flatMap(({ table, inserts, updates, removes, past }) => {
    const statement = statements.get(table);
    if (!statement) return [];
    const puts = [...inserts, ...updates];
    return [
      ...(puts.length > 0 ? [callOf(statement.upsert, puts.map(record))] : []),
      ...(removes.length > 0 ? [callOf(statement.remove, removes.map(snakeKeys))] : []),
      ...(past.length > 0 ? [callOf(statement.keepPast, past.map(pastRecord))] : []),
    ];
  });
}

export async function saveRows(
  sql: Sql,
  statements: BuildSql,
  changes: readonly TableChanges[],
): Promise<void> {
  for (const call of saveCalls(statements, changes)) await run(sql, call);
}

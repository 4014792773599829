import { buildSchema, type BuildRef, columnName, ident, pastTable } from '../database/names.js';
import type { Sql } from '../database/connect.js';
import { keyText, type Row, type RowKey, type Table } from '../projection/table.js';
import type { PastRow, StoredRow, TableChanges } from '../projection/working-set.js';

/**
 * Rows travel as one JSON parameter: the statement stays the same whatever their number, and Postgres does the typing.
 *
 */
interface Shape {
  readonly target: string;
  readonly names: readonly string[];
  readonly record: string;
}

const typed = (table: Table, names: readonly string[]): string[] =>
  names.map((name) => `${ident(columnName(name))} ${table.columns[name]?.sqlType ?? 'text'}`);

function shapeOf(build: BuildRef, table: Table): Shape {
  const names = Object.keys(table.columns);
  return {
    target: `${ident(buildSchema(build))}.${ident(table.name)}`,
    names: [...names.map(columnName), '_stream', '_since'],
    record: [...typed(table, names), '_stream text', '_since bigint'].join(', '),
  };
}

const toJson = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

const snakeKeys = (row: Row): Record<string, unknown> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [columnName(name), value]));

const record = ({ row, stream, since }: StoredRow) => ({ ...snakeKeys(row), _stream: stream, _since: since });

const list = (names: readonly string[]): string => names.map(ident).join(', ');

/** The rows of these keys in one statement per table. */
export async function loadRows(
  sql: Sql,
  build: BuildRef,
  tables: readonly Table[],
  keys: readonly RowKey[],
): Promise<ReadonlyMap<Table, readonly StoredRow[]>> {
  const loaded = new Map<Table, readonly StoredRow[]>();
  for (const table of tables) {
    const wanted = new Map(
      keys.filter((key) => key.table === table).map(({ key }) => [keyText(table, key), snakeKeys(key)]),
    );
    if (wanted.size > 0) loaded.set(table, await loadTable(sql, build, table, [...wanted.values()]));
  }
  return loaded;
}

async function loadTable(sql: Sql, build: BuildRef, table: Table, keys: readonly object[]) {
  const { target } = shapeOf(build, table);
  const { rows } = await sql.query(
    `SELECT t.* FROM json_to_recordset($1::json) AS k (${typed(table, table.key).join(', ')})
     JOIN ${target} t USING (${list(table.key.map(columnName))})`,
    [JSON.stringify(keys, toJson)],
  );
  return rows.map((stored) => storedRow(table, stored));
}

function storedRow(table: Table, stored: Record<string, unknown>): StoredRow {
  const row = Object.fromEntries(Object.keys(table.columns).map((name) => [name, stored[columnName(name)]]));
  return { row, stream: String(stored['_stream']), since: stored['_since'] as bigint };
}

/** Writes what a batch made of its rows: at most three statements per table. */
export async function saveChanges(
  sql: Sql,
  build: BuildRef,
  changes: readonly TableChanges[],
): Promise<void> {
  for (const { table, puts, removes, past } of changes) {
    if (puts.length > 0) await upsert(sql, build, table, puts);
    if (removes.length > 0) await remove(sql, build, table, removes);
    if (past.length > 0) await keepPast(sql, build, table, past);
  }
}

async function upsert(sql: Sql, build: BuildRef, table: Table, rows: readonly StoredRow[]): Promise<void> {
  const { target, names, record: typing } = shapeOf(build, table);
  const updates = names.map((name) => `${ident(name)} = excluded.${ident(name)}`).join(', ');
  await sql.query(
    `INSERT INTO ${target} (${list(names)})
     SELECT ${list(names)} FROM json_to_recordset($1::json) AS r (${typing})
     ON CONFLICT (${list(table.key.map(columnName))}) DO UPDATE SET ${updates}`,
    [JSON.stringify(rows.map(record), toJson)],
  );
}

async function remove(sql: Sql, build: BuildRef, table: Table, keys: readonly Row[]): Promise<void> {
  const { target } = shapeOf(build, table);
  const match = table.key
    .map((name) => `t.${ident(columnName(name))} = k.${ident(columnName(name))}`)
    .join(' AND ');
  await sql.query(
    `DELETE FROM ${target} t USING json_to_recordset($1::json) AS k (${typed(table, table.key).join(', ')}) WHERE ${match}`,
    [JSON.stringify(keys.map(snakeKeys), toJson)],
  );
}

async function keepPast(sql: Sql, build: BuildRef, table: Table, rows: readonly PastRow[]): Promise<void> {
  const { names, record: typing } = shapeOf(build, table);
  const target = `${ident(buildSchema(build))}.${ident(pastTable(table))}`;
  await sql.query(
    `INSERT INTO ${target} (${list([...names, '_until'])})
     SELECT ${list([...names, '_until'])} FROM json_to_recordset($1::json) AS r (${typing}, _until bigint)`,
    [
      JSON.stringify(
        rows.map((row) => ({ ...record(row), _until: row.until })),
        toJson,
      ),
    ],
  );
}

import { buildSchema, type BuildRef, columnName, ident, pastTable } from '../database/names.js';
import type { Table } from '../projection/table.js';

/** The statements that read and write the rows of one table of one build. Rows travel as one JSON parameter. */
export interface RowSql {
  readonly load: string;
  /** Of all rows of groups. */
  readonly loadGroups: string;
  readonly upsert: string;
  readonly remove: string;
  readonly keepPast: string;
  readonly copy: string;
  readonly copyPast: string;
}

/** Columns and types as `json_to_recordset` wants them: Postgres does the typing, the statement never changes. */
const typed = (table: Table, names: readonly string[]): string =>
  names.map((name) => `${ident(columnName(name))} ${table.columns[name]?.sqlType ?? 'text'}`).join(', ');

const list = (names: readonly string[]): string => names.map(ident).join(', ');

export function rowSql(build: BuildRef, table: Table): RowSql {
  const schema = ident(buildSchema(build));
  const [target, past] = [`${schema}.${ident(table.name)}`, `${schema}.${ident(pastTable(table))}`];
  const names = Object.keys(table.columns);
  const columns = [...names.map(columnName), '_stream', '_since'];
  const record = `${typed(table, names)}, _stream text, _since bigint`;
  const key = table.key.map(columnName);
  const updates = columns.map((name) => `${ident(name)} = excluded.${ident(name)}`).join(', ');
  const sameKey = key.map((name) => `t.${ident(name)} = k.${ident(name)}`).join(' AND ');
  const keys = `json_to_recordset($1::json) AS k (${typed(table, table.key)})`;
  return {
    load: `SELECT t.* FROM ${keys} JOIN ${target} t USING (${list(key)})`,
    loadGroups: `SELECT t.* FROM json_to_recordset($1::json) AS k (${typed(table, table.key.slice(0, 1))})
      JOIN ${target} t USING (${list(key.slice(0, 1))})`,
    upsert: `INSERT INTO ${target} (${list(columns)})
      SELECT ${list(columns)} FROM json_to_recordset($1::json) AS r (${record})
      ON CONFLICT (${list(key)}) DO UPDATE SET ${updates}`,
    remove: `DELETE FROM ${target} t USING ${keys} WHERE ${sameKey}`,
    keepPast: `INSERT INTO ${past} (${list([...columns, '_until'])})
      SELECT ${list([...columns, '_until'])} FROM json_to_recordset($1::json) AS r (${record}, _until bigint)`,
    copy: `COPY ${target} (${list(columns)}) FROM STDIN`,
    copyPast: `COPY ${past} (${list([...columns, '_until'])}) FROM STDIN`,
  };
}

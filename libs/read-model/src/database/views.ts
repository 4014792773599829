import type { Projection } from '../projection/projection.js';
import type { Table } from '../projection/table.js';
import type { Sql } from './connect.js';
import { type BuildRef, buildSchema, columnName, ident, pastTable, viewName } from './names.js';

/** The position that as-of queries ask for. Without it they fail, rather than answer for another moment. */
const AS_OF = "current_setting('stemma.as_of')::bigint";

/**
 * Points the views at this build: `read.…` shows rows as they are, `read_at.…` as they were at the position that
 * `stemma.as_of` names. One place does definition, option and grant (HAZARDS P2); run it in the transaction that also says
 * which build is live.
 */
export async function pointViews(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  for (const table of projection.tables) {
    const view = ident(viewName(projection, table));
    for (const [schema, query] of [
      ['read', nowSql(build, table)],
      ['read_at', asOfSql(build, table)],
    ]) {
      await sql.query(`
        CREATE OR REPLACE VIEW ${schema}.${view} WITH (security_invoker = true) AS ${query};
        GRANT SELECT ON ${schema}.${view} TO stemma_reader, stemma_writer`);
    }
  }
}

const columnsOf = (table: Table): string =>
  Object.keys(table.columns)
    .map((name) => ident(columnName(name)))
    .join(', ');

const nowSql = (build: BuildRef, table: Table): string =>
  `SELECT ${columnsOf(table)} FROM ${ident(buildSchema(build))}.${ident(table.name)}`;

function asOfSql(build: BuildRef, table: Table): string {
  const past = `${ident(buildSchema(build))}.${ident(pastTable(table))}`;
  return `${nowSql(build, table)} WHERE _since <= ${AS_OF}
    UNION ALL SELECT ${columnsOf(table)} FROM ${past} WHERE _since <= ${AS_OF} AND _until > ${AS_OF}`;
}

import { createHash } from 'node:crypto';
import type { Column } from '../projection/columns.js';
import type { Projection } from '../projection/projection.js';
import type { Table } from '../projection/table.js';
import type { Sql } from './connect.js';
import { type BuildRef, buildSchema, columnName, ident, pastTable, viewName } from './names.js';

/** Columns that the engine keeps: whose row it is, and since (and until) which position it is as it is. */
const STREAM = '_stream text NOT NULL';
const SINCE = '_since bigint NOT NULL';
const UNTIL = '_until bigint NOT NULL';

const columnList = (names: readonly string[]): string =>
  names.map((name) => ident(columnName(name))).join(', ');

function columnSql([name, column]: readonly [string, Column<unknown>]): string {
  const words = column.oneOf?.map((word) => `'${word}'`).join(', ');
  const check = words === undefined ? '' : ` CHECK (${ident(columnName(name))} IN (${words}))`;
  return `${ident(columnName(name))} ${column.sqlType}${column.nullable ? '' : ' NOT NULL'}${check}`;
}

function tableSql(schema: string, table: Table): string {
  const columns = Object.entries(table.columns).map(columnSql);
  const locks = table.atMostOne.map(
    ({ by, where }) =>
      `EXCLUDE (${by.map((name) => `${ident(columnName(name))} WITH =`).join(', ')}) WHERE (${where}) DEFERRABLE INITIALLY DEFERRED`,
  );
  const key = `PRIMARY KEY (${columnList(table.key)})`;
  return `CREATE TABLE ${schema}.${ident(table.name)} (${[...columns, STREAM, SINCE, key, ...locks].join(', ')});`;
}

function pastSql(schema: string, table: Table): string {
  const columns = Object.entries(table.columns).map(columnSql);
  const key = `PRIMARY KEY (${columnList(table.key)}, _since)`;
  return `CREATE TABLE ${schema}.${ident(pastTable(table))} (${[...columns, STREAM, SINCE, UNTIL, key].join(', ')});`;
}

function indexSql(schema: string, table: Table): readonly string[] {
  return table.indexes.map(
    ({ on, using = 'btree' }) =>
      `CREATE INDEX ON ${schema}.${ident(table.name)} USING ${using} (${columnList(on)});`,
  );
}

/** The tables of a build as SQL. Its hash is kept with the build: tables that changed need a new version. */
export function tablesSql(build: BuildRef, projection: Projection): string {
  const schema = ident(buildSchema(build));
  return projection.tables
    .flatMap((table) => [tableSql(schema, table), pastSql(schema, table), ...indexSql(schema, table)])
    .join('\n');
}

export function shapeOf(projection: Projection): string {
  const neutral = { projection: projection.name, version: projection.version, build: 0 };
  return createHash('sha256').update(tablesSql(neutral, projection)).digest('hex');
}

/** Creates the tables without row security: COPY does not work with it (HAZARDS P1), and nobody but the writer sees them. */
export async function createTables(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  const schema = ident(buildSchema(build));
  await sql.query(`CREATE SCHEMA ${schema}; GRANT USAGE ON SCHEMA ${schema} TO stemma_writer`);
  await sql.query(tablesSql(build, projection));
  await sql.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO stemma_writer`);
}

const TENANT = "tenant_id = nullif(current_setting('stemma.tenant', true), '')::uuid";

/** Closes the tables to other tenants, the owner included (HAZARDS A5, P1, P3), then opens them to readers. */
export async function secureTables(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  const schema = ident(buildSchema(build));
  for (const table of projection.tables) {
    for (const name of [table.name, pastTable(table)]) {
      const target = `${schema}.${ident(name)}`;
      await sql.query(`
        ALTER TABLE ${target} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS writer ON ${target};
        DROP POLICY IF EXISTS tenant ON ${target};
        CREATE POLICY writer ON ${target} FOR ALL TO stemma_writer USING (true) WITH CHECK (true);
        CREATE POLICY tenant ON ${target} FOR SELECT TO stemma_reader USING (${TENANT});
        GRANT SELECT ON ${target} TO stemma_reader`);
    }
  }
  await sql.query(`GRANT USAGE ON SCHEMA ${schema} TO stemma_reader`);
}

/**
 * Points the views at this build. One place does definition, option and grant (HAZARDS P2); run it in the transaction
 * that also says which build is live.
 */
export async function pointViews(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  for (const table of projection.tables) {
    const view = `read.${ident(viewName(projection, table))}`;
    const columns = columnList(Object.keys(table.columns));
    await sql.query(`
      CREATE OR REPLACE VIEW ${view} WITH (security_invoker = true) AS
        SELECT ${columns} FROM ${ident(buildSchema(build))}.${ident(table.name)};
      GRANT SELECT ON ${view} TO stemma_reader, stemma_writer`);
  }
}

import { createHash } from 'node:crypto';
import type { Column } from '../projection/columns.js';
import type { Projection } from '../projection/projection.js';
import type { Table } from '../projection/table.js';
import type { Sql } from './connect.js';
import { type BuildRef, buildSchema, columnName, ident, pastTable } from './names.js';

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
  const locks = table.atMostOne.map(({ by, where }) => {
    const same = by.map((name) => `${ident(columnName(name))} WITH =`).join(', ');
    return `EXCLUDE (${same}) WHERE (${where}) DEFERRABLE INITIALLY DEFERRED`;
  });
  const key = `PRIMARY KEY (${columnList(table.key)})`;
  return `CREATE TABLE ${schema}.${ident(table.name)} (${[...columns, STREAM, SINCE, key, ...locks].join(', ')});`;
}

/** What rows were before. It needs no checks: every row of it was in the table first. */
function pastSql(schema: string, table: Table): string {
  const columns = Object.entries(table.columns).map(
    ([name, { sqlType }]) => `${ident(columnName(name))} ${sqlType}`,
  );
  return `CREATE TABLE ${schema}.${ident(pastTable(table))} (${[...columns, STREAM, SINCE, UNTIL].join(', ')});`;
}

type KeySql = (past: string, table: Table, columns: string) => string;

/** What the key of past rows is made with. The words are part of a build's shape: others would ask for a new version. */
const declareKey: KeySql = (past, _, columns) => `ALTER TABLE ${past} ADD PRIMARY KEY (${columns});`;
/** The same index while others read the table: it becomes the key by `adoptKeySql`, which needs no time. */
const indexKey: KeySql = (past, table, columns) =>
  `CREATE UNIQUE INDEX ${keyName(table)} ON ${past} (${columns});`;

const keyName = (table: Table): string => ident(`${pastTable(table)}_pkey`);

const adoptKeySql = (schema: string, table: Table): string =>
  `ALTER TABLE ${schema}.${ident(pastTable(table))} ADD PRIMARY KEY USING INDEX ${keyName(table)}`;

function indexSql(schema: string, table: Table, keySql: KeySql): readonly string[] {
  const past = `${schema}.${ident(pastTable(table))}`;
  const indexes = table.indexes.flatMap(({ on, using = 'btree', past: ofPast = false }) => {
    const columns = `USING ${using} (${columnList(on)})`;
    const now = `CREATE INDEX ON ${schema}.${ident(table.name)} ${columns};`;
    return ofPast ? [now, `CREATE INDEX ON ${past} ${columns};`] : [now];
  });
  return [
    ...indexes,
    keySql(past, table, `${columnList(table.key)}, _since`),
    `CREATE INDEX ON ${past} (tenant_id, _until);`,
  ];
}

const tablesSql = (schema: string, { tables }: Projection): string =>
  tables.flatMap((table) => [tableSql(schema, table), pastSql(schema, table)]).join('\n');

const indexesSql = (schema: string, { tables }: Projection, keySql: KeySql): string =>
  tables.flatMap((table) => indexSql(schema, table, keySql)).join('\n');

/** What the tables of a projection look like. It is kept with each build: tables that changed need a new version. */
export function shapeOf(projection: Projection): string {
  const sql = [tablesSql('build', projection), indexesSql('build', projection, declareKey)].join('\n');
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * Creates the tables, without what only slows filling them down: row security, since COPY does not work with it
 * (HAZARDS P1), and indexes. Nobody but the writer sees them.
 */
export async function createTables(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  const schema = ident(buildSchema(build));
  await sql.query(`CREATE SCHEMA ${schema}; GRANT USAGE ON SCHEMA ${schema} TO stemma_writer`);
  await sql.query(tablesSql(schema, projection));
  await sql.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO stemma_writer`);
}

/** What queries choose by: looking at all columns of a wide row costs more than making its indexes. */
function columnsOfIndexes(table: Table, isPast: boolean): string {
  const names = new Set(['tenantId', ...table.key, ...table.indexes.flatMap(({ on }) => on)]);
  return [columnList([...names]), ...(isPast ? ['_since', '_until'] : [])].join(', ');
}

const TENANT = "tenant_id = nullif(current_setting('stemma.tenant', true), '')::uuid";

/**
 * Makes the indexes of a build and the statistics that choose among them, unless they are there: readers of the tables go on
 * meanwhile, who writes to them waits.
 */
export async function indexTables(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  const schema = ident(buildSchema(build));
  if (await isIndexed(sql, schema, projection)) return;
  await sql.query(indexesSql(schema, projection, indexKey));
  for (const table of projection.tables) {
    for (const name of [table.name, pastTable(table)]) {
      await sql.query(`ANALYZE ${schema}.${ident(name)} (${columnsOfIndexes(table, name !== table.name)})`);
    }
  }
}

/** They are made in one transaction: one of them is there when all are. */
async function isIndexed(sql: Sql, schema: string, { tables: [table] }: Projection): Promise<boolean> {
  if (!table) return true;
  const { rows } = await sql.query('SELECT to_regclass($1) IS NOT NULL AS made', [
    `${schema}.${keyName(table)}`,
  ]);
  return rows[0]?.['made'] === true;
}

/** Ends the filling: indexes, then rows closed to other tenants, the owner included (A5, P1, P3), and open to readers. */
export async function finishTables(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  const schema = ident(buildSchema(build));
  await indexTables(sql, build, projection);
  for (const table of projection.tables) {
    await sql.query(adoptKeySql(schema, table));
    for (const name of [table.name, pastTable(table)]) {
      const target = `${schema}.${ident(name)}`;
      await sql.query(`
        ALTER TABLE ${target} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY writer ON ${target} FOR ALL TO stemma_writer USING (true) WITH CHECK (true);
        CREATE POLICY tenant ON ${target} FOR SELECT TO stemma_reader USING (${TENANT});
        GRANT SELECT ON ${target} TO stemma_reader`);
    }
  }
  await sql.query(`GRANT USAGE ON SCHEMA ${schema} TO stemma_reader`);
}

export async function dropTables(sql: Sql, build: BuildRef): Promise<void> {
  await sql.query(`DROP SCHEMA IF EXISTS ${ident(buildSchema(build))} CASCADE`);
}

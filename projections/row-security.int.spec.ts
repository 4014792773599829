import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ReadSide, startReadSide } from '@stemma/testing';
import pg from 'pg';
import { fillTable, schemaOf, viewOf } from './fill-tables.fixtures.js';
import { projections } from './index.js';

const tenant = (digit: number): string => `00000000-0000-4000-8000-${String(digit).padStart(12, '0')}`;

/** Tables of tenants: those of every build, and the directory of people. */
const openTables = `
  SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'm') AND (nspname LIKE '%\\_\\_%' OR (nspname = 'stemma' AND relname = 'directory'))
    AND nspname NOT LIKE 'pg\\_%'
    AND NOT (relrowsecurity AND relforcerowsecurity
      AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid AND 'stemma_reader'::regrole = ANY (polroles)))
  ORDER BY 1`;

/** Views that ask with their owner's rights and not with those of who reads them. */
const openViews = `
  SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind = 'v' AND nspname IN ('read', 'read_at')
    AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
  ORDER BY 1`;

describe('A5 the tables and views of every projection of this release', () => {
  let side: ReadSide;
  let client: pg.Client;
  beforeAll(async () => {
    side = await startReadSide(projections);
    await side.readModel.waitFor(projections, undefined, 20_000);
    client = new pg.Client({ connectionString: side.superuserUrl });
    await client.connect();
    for (const { name, tables } of projections) {
      for (const table of tables) await client.query(fillTable(name, table, 100));
    }
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await side.stop();
  });

  const names = async (sql: string): Promise<readonly string[]> =>
    (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);

  /** Of which tenants a reader who is bound to `bound` sees rows, when the query does not filter. */
  async function seenThrough(relation: string, bound: string | null): Promise<readonly string[]> {
    await client.query('BEGIN; SET LOCAL ROLE stemma_reader');
    if (bound !== null) await client.query(`SET LOCAL stemma.tenant = '${bound}'`);
    const seen = await names(`SELECT DISTINCT tenant_id::text AS name FROM ${relation} ORDER BY 1`);
    await client.query('ROLLBACK');
    return seen;
  }

  it('are all bound: row security enabled and forced, views with the rights of who reads', async () => {
    expect(await names(openTables)).toEqual([]);
    expect(await names(openViews)).toEqual([]);
  });

  it('would be found out: a table without a policy, one that its owner passes, a view with its owner’s rights', async () => {
    const [first] = projections;
    const schema = schemaOf(first.name);
    await client.query('BEGIN');
    await client.query(`CREATE TABLE ${schema}.naked (tenant_id uuid);
      CREATE TABLE ${schema}.unforced (tenant_id uuid); ALTER TABLE ${schema}.unforced ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON ${schema}.unforced TO stemma_reader USING (true);
      CREATE VIEW read.owned AS SELECT * FROM ${schema}.naked`);
    expect((await names(openTables)).map((name) => name.split('.')[1])).toEqual(['naked', 'unforced']);
    expect(await names(openViews)).toEqual(['read.owned']);
    await client.query('ROLLBACK');
  });

  const relations = projections.flatMap((projection) =>
    projection.tables.map((table) => `read.${viewOf(projection, table)}`),
  );

  it.each(relations)(
    '%s shows a query that forgot to filter its own tenant, and nothing without one',
    async (relation) => {
      expect(await names(`SELECT DISTINCT tenant_id::text AS name FROM ${relation}`)).toHaveLength(10);
      expect(await seenThrough(relation, tenant(3))).toEqual([tenant(3)]);
      expect(await seenThrough(relation, null)).toEqual([]);
    },
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Projection, recordSample, type Sample, type Table } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import pg from 'pg';
import { projections } from './index.js';
import { runs } from './runs/runs.queries.js';
import { samples } from './samples.js';

const ROWS = 100_000;

/** Each projection's first build is its first. */
const schemaOf = (projection: string): string => `"${projection.replaceAll('-', '_')}__1"`;
const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Values of the i-th row: ten tenants, ids by the name of their column, so that rows of several tables belong together. */
function valueOf(name: string, { sqlType, oneOf }: Table['columns'][string]): string {
  if (name === 'tenantId') return `('00000000-0000-4000-8000-' || lpad((i % 10)::text, 12, '0'))::uuid`;
  if (oneOf) return wordOf(oneOf);
  if (sqlType === 'uuid') return `md5('${name}' || i)::uuid`;
  if (name === 'slug') return `'s-' || i`;
  if (/^(by|author|requestedBy|createdBy|changedBy|submittedBy)$/.test(name)) return `'p-' || i / 10 % 500`;
  if (sqlType === 'integer') return '(i / 10 % 20 + 1)::integer';
  if (sqlType === 'bigint') return 'i';
  if (sqlType === 'boolean') return 'i / 10 % 2 = 0';
  if (sqlType === 'timestamptz') return `'2026-01-01T00:00:00Z'::timestamptz + i * interval '1 minute'`;
  if (sqlType === 'jsonb') return `'[]'::jsonb`;
  return sqlType === 'text[]' ? `ARRAY['t-' || i / 10 % 1000]` : `'t-' || i`;
}

/** Most rows have the last word, as most runs have ended: one in fifty has any of them. */
const wordOf = (words: readonly string[]): string =>
  `(ARRAY[${words.map((word) => `'${word}'`).join()}])[CASE i / 10 % 50 WHEN 0 THEN i / 500 % ${words.length} + 1 ELSE ${words.length} END]`;

function fill(projection: string, { name, columns }: Table): string {
  const names = Object.keys(columns);
  const values = names.map((column) => valueOf(column, columns[column] as Table['columns'][string]));
  const target = `${schemaOf(projection)}."${name}"`;
  return `ALTER TABLE ${target} SET UNLOGGED; INSERT INTO ${target} (${names.map((column) => `"${snake(column)}"`).join()}, _stream, _since)
    SELECT ${values.join()}, 'x-' || i, i FROM generate_series(1, ${ROWS}) AS i; ANALYZE ${target}`;
}

function viewOf({ name, version }: Projection, table: Table): string {
  const base = `${name.replaceAll('-', '_')}_v${version}`;
  return table.name === name.replaceAll('-', '_') ? base : `${base}_${table.name}`;
}

const all = samples.flatMap(({ queries }) => Object.entries(queries));

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

describe(`queries on ${ROWS} rows`, () => {
  let side: ReadSide;
  let client: pg.Client;
  beforeAll(async () => {
    side = await startReadSide(projections);
    await side.readModel.waitFor(projections, undefined, 20_000);
    client = new pg.Client({ connectionString: side.superuserUrl });
    await client.connect();
    await client.query('SET synchronous_commit = off');
    const asked = await Promise.all(all.map(([, sample]) => recordSample(sample)));
    const statements = asked.flat().map(({ sql }) => sql);
    for (const projection of projections) {
      for (const table of projection.tables) {
        const view = `"read"."${viewOf(projection, table)}"`;
        if (statements.some((sql) => sql.includes(view))) await client.query(fill(projection.name, table));
      }
    }
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await side.stop();
  });

  async function plansOf(sample: Sample): Promise<readonly Plan[]> {
    const recorded = await recordSample(sample);
    const bound = sample.allTenants
      ? 'SET LOCAL ROLE stemma_writer'
      : `SET LOCAL ROLE stemma_reader; SET LOCAL stemma.tenant = '00000000-0000-4000-8000-000000000003'`;
    await client.query(`BEGIN; ${bound}`);
    const plans: Plan[] = [];
    for (const { sql, parameters } of recorded) {
      const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${sql}`, [...parameters]);
      plans.push(
        (rows as readonly { 'QUERY PLAN': readonly { Plan: Plan }[] }[])[0]?.['QUERY PLAN'][0]?.Plan as Plan,
      );
    }
    await client.query('ROLLBACK');
    return plans.flatMap(nodesOf);
  }

  it('would be found out if they read a table from end to end', async () => {
    const whole: Sample = {
      ask: (db) => db.views(runs).selectFrom('runs_v2').select('runId').execute(),
      indexes: [],
      allTenants: true,
    };
    const nodes = await plansOf(whole);
    expect(nodes.map((node) => node['Node Type'])).toContain('Seq Scan');
  });

  it.each(all)('%s reads its index, and no table from end to end', async (_name, sample) => {
    const nodes = await plansOf(sample);
    const indexes = new Set(nodes.flatMap((node) => node['Index Name'] ?? []));
    expect([...indexes]).toEqual(expect.arrayContaining([...sample.indexes]));
    expect(indexes.size).toBeGreaterThan(0);
    expect(nodes.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordSample, type Sample } from '@stemma/read-model';
import { type ReadSide, startReadSide } from '@stemma/testing';
import pg from 'pg';
import { fillTable, viewOf } from './fill-tables.fixtures.js';
import { projections } from './index.js';
import { runs } from './runs/runs.queries.js';
import { samples } from './samples.js';

const ROWS = 100_000;

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
        if (statements.some((sql) => sql.includes(view)))
          await client.query(fillTable(projection.name, table, ROWS));
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

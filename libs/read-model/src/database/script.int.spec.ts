import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import pg from 'pg';
import { connectionConfig } from './connect.js';
import { runScript } from './script.js';

const statement = 'SELECT $1::json AS told';
const script = (...told: readonly unknown[]) => ({
  head: 'BEGIN; SET LOCAL lock_timeout = 100',
  calls: told.map((one) => ({ statement, json: JSON.stringify(one) })),
  tail: 'COMMIT',
});

describe('a script', () => {
  let postgres: TestPostgres;
  let client: pg.Client;
  beforeAll(async () => {
    postgres = await startPostgres();
    client = new pg.Client(connectionConfig(postgres.url, 'spec'));
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await postgres.stop();
  });

  it('gives the rows of its calls, in order', async () => {
    const answers = await runScript(client, script("it's", { a: [1] }));
    expect(answers).toEqual([[{ told: "it's" }], [{ told: { a: [1] } }]]);
  });

  it('leaves nothing but the statement with what is prepared, for Postgres copies that at each execution', async () => {
    await runScript(client, script('x'.repeat(10_000)));
    const { rows } = await client.query('SELECT statement FROM pg_prepared_statements');
    expect(rows).toEqual([{ statement: `PREPARE s0 (json) AS ${statement}` }]);
  });

  it('that fails is rolled back, and what was prepared serves the next one', async () => {
    const failing = { ...script(1), tail: 'SELECT 1 / 0; COMMIT' };
    await expect(runScript(client, failing)).rejects.toThrow('division by zero');
    const unheard = { ...script(), calls: [{ statement: 'SELECT FROM nowhere', json: '1' }] };
    await expect(runScript(client, unheard)).rejects.toThrow('nowhere');
    expect(await runScript(client, script(2))).toEqual([[{ told: 2 }]]);
  });
});

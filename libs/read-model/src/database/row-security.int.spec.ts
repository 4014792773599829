import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import pg from 'pg';
import { openReadModel, type ReadModel } from '../index.js';
import { ask, startEngine, untilAt } from '../live/engine.fixtures.js';
import type { RunningProjections } from '../live/run-projections.js';
import { counters, moved, opened, tenantA, tenantB } from '../log/counters.fixtures.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { pointViews } from './views.js';
import { inTransaction, type Sql, withClient } from './connect.js';
import { requirePolicies } from './roles.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('row-level security', () => {
  let postgres: TestPostgres;
  let engine: RunningProjections;
  let readModel: ReadModel;
  beforeAll(async () => {
    postgres = await startPostgres();
    const log = memoryLog();
    engine = startEngine(postgres.url, log, [counters]);
    const last = log.add(opened(1), opened(2, tenantB), moved(1, 1), moved(2, 1, tenantB)).at(-1);
    await untilAt(engine, last?.position ?? 0n);
    readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    await readModel.waitFor([counters], undefined, 10_000);
  });
  afterAll(async () => {
    await readModel.close();
    await engine.stop();
    await postgres.stop();
  });

  const asReader = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    withClient(postgres.url, 'spec', (client) => inTransaction(client, 'stemma_reader', work));
  const count = async (sql: Sql, from: string): Promise<unknown> =>
    (await sql.query(`SELECT count(*)::int AS n FROM ${from}`)).rows[0]?.['n'];

  it('A5 is enabled and forced on every table of every build, with a policy for each role', async () => {
    const tables = await ask(
      postgres.superuserUrl,
      `SELECT c.oid::regclass::text AS name, relrowsecurity AND relforcerowsecurity AS forced,
         (SELECT array_agg(polname::text || ' ' || polroles::regrole[]::text ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid) AS policies
       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE relkind IN ('r', 'p', 'm') AND nspname LIKE '%\\_\\_%' AND nspname NOT LIKE 'pg\\_%' ORDER BY 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual([
      'counters__1.counters',
      'counters__1.counters__past',
      'counters__1.steps',
      'counters__1.steps__past',
    ]);
    for (const { forced, policies } of tables) {
      expect({ forced, policies }).toEqual({
        forced: true,
        policies: ['tenant {stemma_reader}', 'writer {stemma_writer}'],
      });
    }
  });

  it('A5 is not passed by a view: every one of them asks with the rights of who reads it', async () => {
    const views = await ask(
      postgres.superuserUrl,
      `SELECT c.oid::regclass::text AS name, reloptions::text AS options FROM pg_class c
       JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'v' AND nspname IN ('read', 'read_at') ORDER BY 1`,
    );
    expect(views).toEqual([
      { name: 'read.checkpoints', options: '{security_invoker=true}' },
      { name: 'read.counters_v1', options: '{security_invoker=true}' },
      { name: 'read.counters_v1_steps', options: '{security_invoker=true}' },
      { name: 'read.parked', options: '{security_invoker=true}' },
      { name: 'read_at.counters_v1', options: '{security_invoker=true}' },
      { name: 'read_at.counters_v1_steps', options: '{security_invoker=true}' },
    ]);
  });

  it('shows nothing of another tenant to a query that forgot to filter', async () => {
    const { value } = await readModel.read({ tenantId: tenantB, projections: [counters] }, (db) =>
      db.views(counters).selectFrom('counters_v1').select('tenantId').execute(),
    );
    expect(value).toEqual([{ tenantId: tenantB }]);
  });

  it('P3 shows nothing at all without a tenant, nor after a transaction that had one', async () => {
    await withClient(postgres.url, 'spec', async (client) => {
      const look = (sql: Sql) => count(sql, 'read.counters_v1');
      expect(await inTransaction(client, 'stemma_reader', look)).toBe(0);
      const withTenant = async (sql: Sql) => {
        await sql.query("SELECT set_config('stemma.tenant', $1, true)", [tenantA]);
        return look(sql);
      };
      expect(await inTransaction(client, 'stemma_reader', withTenant)).toBe(1);
      expect(await inTransaction(client, 'stemma_reader', look)).toBe(0);
    });
  });

  it('binds the owner of the tables too, and readers may not write, nor see what the engine keeps', async () => {
    const owned = await withClient(postgres.url, 'spec', (client) =>
      inTransaction(client, 'stemma_owner', (sql) => count(sql, 'counters__1.counters')),
    );
    expect(owned).toBe(0);
    for (const statement of [
      'DELETE FROM counters__1.counters',
      'UPDATE stemma.checkpoints SET position = 0',
      'SELECT * FROM stemma.migrations',
      'CREATE TABLE read.mine (a int)',
    ]) {
      await expect(asReader((sql) => sql.query(statement))).rejects.toThrow(/permission denied/);
    }
  });

  it('P1 forbids COPY into a table that has it: a build is filled before it is secured', async () => {
    const copy = withClient(postgres.url, 'spec', (client) =>
      inTransaction(client, 'stemma_writer', (sql) => sql.query('COPY counters__1.counters FROM STDIN')),
    );
    await expect(copy).rejects.toThrow(/COPY FROM not supported with row-level security/);
  });

  it('P1 holds for a superuser’s login too, since every transaction takes a role first', async () => {
    const superuser = await openReadModel({ databaseUrl: postgres.superuserUrl, log: quiet });
    try {
      const { value } = await superuser.read({ tenantId: tenantA, projections: [counters] }, (db) =>
        db.views(counters).selectFrom('counters_v1').select('tenantId').execute(),
      );
      expect(value).toEqual([{ tenantId: tenantA }]);
    } finally {
      await superuser.close();
    }
  });

  it('P2 survives views that are pointed anew: options and grants come back with them', async () => {
    const build = { projection: 'counters', version: 1, build: 1 };
    await withClient(postgres.url, 'spec', (client) =>
      inTransaction(client, 'stemma_owner', (sql) => pointViews(sql, build, counters)),
    );
    const { value } = await readModel.read({ tenantId: tenantA, projections: [counters] }, (db) =>
      db.views(counters).selectFrom('counters_v1').select('tenantId').execute(),
    );
    expect(value).toEqual([{ tenantId: tenantA }]);
  });

  it('T9 is not the only filter: a request without a tenant is refused before anything is asked', async () => {
    for (const tenantId of ['', 'null', "a' OR true --"]) {
      await expect(
        readModel.read({ tenantId, projections: [counters] }, () => Promise.resolve(1)),
      ).rejects.toThrow(/names no tenant/);
    }
    const missing = { projections: [counters] } as unknown as {
      tenantId: string;
      projections: [typeof counters];
    };
    await expect(readModel.read(missing, () => Promise.resolve(1))).rejects.toThrow(/names no tenant/);
  });

  it('refuses to open for a reader whom the policies would not bind', async () => {
    // A role of one's own: the three are shared with every other database of this server.
    await ask(postgres.superuserUrl, 'CREATE ROLE bypassing NOLOGIN BYPASSRLS');
    const client = new pg.Client({ connectionString: postgres.superuserUrl });
    await client.connect();
    try {
      await client.query('SET ROLE bypassing');
      await expect(requirePolicies(client)).rejects.toThrow(/would bypass.*take SUPERUSER, BYPASSRLS/);
      await client.query('RESET ROLE; SET ROLE stemma_writer');
      await expect(requirePolicies(client)).rejects.toThrow(/would bypass/);
      await client.query('RESET ROLE; SET ROLE stemma_reader');
      await expect(requirePolicies(client)).resolves.toBeUndefined();
    } finally {
      await client.query('RESET ROLE; DROP ROLE bypassing');
      await client.end();
    }
  });
});

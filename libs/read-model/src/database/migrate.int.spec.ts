import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ask, startEngine, until, untilAt } from '../live/engine.fixtures.js';
import { counters, opened } from '../log/counters.fixtures.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { inTransaction, withClient } from './connect.js';
import { migrate } from './migrate.js';
import { migrations } from './migrations.js';
import { ensureRoles } from './roles.js';

/** Everything that a migration could change: columns, keys, indexes, views, policies, functions, owners, grants. */
const CATALOGUE = `
  SELECT format('%s.%s.%s %s %s %s', table_schema, table_name, column_name, data_type, is_nullable, column_default) AS fact
  FROM information_schema.columns WHERE table_schema IN ('stemma', 'read', 'read_at')
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace IN ('stemma'::regnamespace, 'read'::regnamespace)
  UNION ALL SELECT format('%s', indexdef) FROM pg_indexes WHERE schemaname IN ('stemma', 'read')
  UNION ALL SELECT format('%s %s %s', viewname, definition, schemaname) FROM pg_views WHERE schemaname IN ('read', 'read_at')
  UNION ALL SELECT format('%s %s %s %s %s', tablename, policyname, roles, qual, with_check) FROM pg_policies WHERE schemaname = 'stemma'
  UNION ALL SELECT format('%s %s %s %s %s', oid::regclass, relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions)
  FROM pg_class WHERE relnamespace IN ('stemma'::regnamespace, 'read'::regnamespace) AND relkind IN ('r', 'v')
  UNION ALL SELECT format('%s %s', proowner::regrole, pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'stemma'::regnamespace
  UNION ALL SELECT format('%s %s %s %s', grantee, table_schema, table_name, privilege_type)
  FROM information_schema.role_table_grants WHERE table_schema IN ('stemma', 'read')
  UNION ALL SELECT format('%s %s %s', nspname, nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname IN ('stemma', 'read', 'read_at')
  ORDER BY 1`;

const golden = path.resolve(import.meta.dirname, '../../golden');

/** The steps that releases have run, as they ran them. */
const released = globSync('*.sql', { cwd: golden })
  .sort()
  .map((file) => ({ name: path.basename(file, '.sql'), sql: readFileSync(path.join(golden, file), 'utf8') }));

describe('migrations', () => {
  let postgres: TestPostgres;
  beforeEach(async () => {
    postgres = await startPostgres();
  });
  afterEach(() => postgres.stop());

  const run = () => withClient(postgres.url, 'spec', migrate);

  it('R-A16 leave the same catalogue behind when they run twice, and when two processes run them at once', async () => {
    await Promise.all([run(), run(), run()]);
    const once = await ask(postgres.superuserUrl, CATALOGUE);
    expect(once.length).toBeGreaterThan(10);
    await run();
    expect(await ask(postgres.superuserUrl, CATALOGUE)).toEqual(once);
    await ask(postgres.superuserUrl, 'DELETE FROM stemma.migrations');
    await run();
    expect(await ask(postgres.superuserUrl, CATALOGUE)).toEqual(once);
  });

  /** A database as the release left it that had the first `count` steps. */
  const leaveAsReleased = (count: number) =>
    withClient(postgres.url, 'spec', async (sql) => {
      await ensureRoles(sql);
      await inTransaction(sql, 'stemma_owner', async () => {
        await sql.query(
          'CREATE TABLE stemma.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
        );
        for (const step of released.slice(0, count)) {
          await sql.query(step.sql);
          await sql.query('INSERT INTO stemma.migrations (name) VALUES ($1)', [step.name]);
        }
      });
    });
  const catalogue = () => ask(postgres.superuserUrl, CATALOGUE);
  const remove = () => ask(postgres.superuserUrl, 'DROP SCHEMA stemma, read, read_at CASCADE');

  it('R-A16 lead from every released state to the catalogue of a new database', async () => {
    await run();
    const fresh = await catalogue();
    expect(released.length).toBeGreaterThanOrEqual(3);
    for (let count = 1; count <= released.length; count += 1) {
      await remove();
      await leaveAsReleased(count);
      if (count === 1) expect(await catalogue()).not.toEqual(fresh);
      await run();
      expect([count, await catalogue()]).toEqual([count, fresh]);
    }
  });

  it('R-A16 that were released are never changed', () => {
    expect(migrations.slice(0, released.length)).toEqual(released);
  });

  it('R-A16 would be found out by the catalogue if they left a grant, a policy or a column behind', async () => {
    await run();
    const fresh = await catalogue();
    for (const fault of [
      'GRANT SELECT ON stemma.jobs TO stemma_reader',
      'DROP POLICY tenant ON stemma.parked',
      'ALTER TABLE stemma.jobs ADD COLUMN more text',
      'ALTER TABLE stemma.parked NO FORCE ROW LEVEL SECURITY',
    ]) {
      await ask(postgres.superuserUrl, fault);
      expect([fault, await catalogue()]).not.toEqual([fault, fresh]);
      await remove();
      await run();
      expect([fault, await catalogue()]).toEqual([fault, fresh]);
    }
  });

  it('make nothing that belongs to a login: three roles own, write and read, and none of them may log in', async () => {
    await run();
    expect(
      await ask(
        postgres.superuserUrl,
        `SELECT rolname, rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS more
         FROM pg_roles WHERE rolname LIKE 'stemma\\_%' ORDER BY 1`,
      ),
    ).toEqual([
      { rolname: 'stemma_owner', more: false },
      { rolname: 'stemma_reader', more: false },
      { rolname: 'stemma_writer', more: false },
    ]);
    expect(
      await ask(
        postgres.superuserUrl,
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'stemma'",
      ),
    ).toEqual([{ tableowner: 'stemma_owner' }]);
  });

  it('stop a projection whose tables changed under the same version, and say to bump it', async () => {
    const log = memoryLog();
    const engine = startEngine(postgres.url, log, [counters]);
    await untilAt(engine, log.add(opened(1))[0]?.position ?? 0n);
    await engine.stop();
    const [, steps] = counters.tables;
    const changed = { ...counters, tables: [steps] };
    const next = startEngine(postgres.url, log, [changed]);
    try {
      const [status] = await until(next.status, ([one]) => one?.activity === 'stopped');
      expect(status?.reason).toMatch(/counters changed but its version is still 1: bump/);
    } finally {
      await next.stop();
    }
  });
});

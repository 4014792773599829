import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { ask, startEngine, until, untilAt } from '../live/engine.fixtures.js';
import { counters, opened } from '../log/counters.fixtures.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { withClient } from './connect.js';
import { migrate } from './migrate.js';

/** Everything that a migration could change: columns, keys, indexes, views, policies, grants. */
const CATALOGUE = `
  SELECT format('%s.%s.%s %s %s', table_schema, table_name, column_name, data_type, is_nullable) AS fact
  FROM information_schema.columns WHERE table_schema IN ('stemma', 'read')
  UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace IN ('stemma'::regnamespace, 'read'::regnamespace)
  UNION ALL SELECT format('%s', indexdef) FROM pg_indexes WHERE schemaname IN ('stemma', 'read')
  UNION ALL SELECT format('%s %s %s', viewname, definition, schemaname) FROM pg_views WHERE schemaname = 'read'
  UNION ALL SELECT format('%s %s %s %s', grantee, table_schema, table_name, privilege_type)
  FROM information_schema.role_table_grants WHERE table_schema IN ('stemma', 'read')
  UNION ALL SELECT format('%s %s %s', nspname, nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname IN ('stemma', 'read')
  ORDER BY 1`;

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

import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres } from './index.js';

const ask = async (url: string, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
};

describe('a database for a spec', () => {
  it('is a real PostgreSQL 17, empty, and its user is no superuser', async () => {
    const database = await startPostgres();
    expect(await ask(database.url, 'SHOW server_version_num')).toMatch(/^17/);
    expect(await ask(database.url, "SELECT current_setting('is_superuser')")).toBe('off');
    expect(await ask(database.url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'")).toBe(
      0,
    );
    await database.stop();
  });

  it('is nobody else’s: two specs see neither each other’s tables nor each other’s end', async () => {
    const [one, other] = await Promise.all([startPostgres(), startPostgres()]);
    await ask(one.url, 'CREATE TABLE mine (a int)');
    await one.stop();
    expect(await ask(other.url, "SELECT to_regclass('mine')")).toBeNull();
    await other.stop();
    await expect(ask(other.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });
});

import type { Sql } from './connect.js';
import { inTransaction } from './connect.js';
import { migrations } from './migrations.js';
import { ensureRoles } from './roles.js';

/** Held while anybody changes tables or views of this database. */
const DDL_LOCK = "hashtextextended('stemma ddl', 0)";

export async function holdDdlLock(sql: Sql): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(${DDL_LOCK})`);
}

/** Brings a database, new or of any release, to what this release needs. Safe to run from several processes at once. */
export async function migrate(sql: Sql): Promise<void> {
  await ensureRoles(sql);
  await inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    await sql.query(
      'CREATE TABLE IF NOT EXISTS stemma.migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await sql.query('SELECT name FROM stemma.migrations');
    const applied = new Set(rows.map((row) => String(row['name'])));
    for (const step of migrations.filter(({ name }) => !applied.has(name))) {
      await sql.query(step.sql);
      await sql.query('INSERT INTO stemma.migrations (name) VALUES ($1)', [step.name]);
    }
  });
}

import type { Sql } from './connect.js';
import { inTransaction } from './connect.js';
import { ensureRoles } from './roles.js';

/** What the engine keeps of its own. Each step runs once, in order, and may be run again without harm (R-A16). */
const steps: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: '001-builds-and-checkpoints',
    sql: `
      CREATE TABLE IF NOT EXISTS stemma.builds (
        projection text NOT NULL,
        build integer NOT NULL,
        version integer NOT NULL,
        state text NOT NULL CHECK (state IN ('building', 'live', 'following', 'dropped')),
        shape text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, build)
      );
      CREATE UNIQUE INDEX IF NOT EXISTS one_live_build ON stemma.builds (projection, version) WHERE state = 'live';
      CREATE TABLE IF NOT EXISTS stemma.checkpoints (
        projection text NOT NULL,
        build integer NOT NULL,
        log_id uuid NOT NULL,
        position bigint,
        event_id uuid,
        epoch bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, build),
        FOREIGN KEY (projection, build) REFERENCES stemma.builds ON DELETE CASCADE
      ) WITH (fillfactor = 50);
      CREATE OR REPLACE VIEW read.checkpoints WITH (security_invoker = true) AS
        SELECT b.projection, b.version, c.log_id, c.position, c.updated_at
        FROM stemma.builds b JOIN stemma.checkpoints c USING (projection, build)
        WHERE b.state = 'live';
      GRANT SELECT ON stemma.builds, stemma.checkpoints, read.checkpoints TO stemma_reader;
      GRANT SELECT ON stemma.builds, read.checkpoints TO stemma_writer;
      GRANT SELECT, UPDATE ON stemma.checkpoints TO stemma_writer;
    `,
  },
];

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
    for (const step of steps.filter(({ name }) => !applied.has(name))) {
      await sql.query(step.sql);
      await sql.query('INSERT INTO stemma.migrations (name) VALUES ($1)', [step.name]);
    }
  });
}

import type pg from 'pg';
import { inTransaction, type Sql } from '../database/connect.js';
import { openPool } from '../database/open-pool.js';
import { isConnectionFailure, isMissingView } from '../database/failures.js';
import { ReadModelUnavailable } from '../reading/errors.js';
import { requireTenant } from '../reading/require-tenant.js';

/** What people call somebody whom events only know by his subject. */
export interface DirectoryEntry {
  readonly subject: string;
  readonly displayName: string | null;
  readonly mail: string | null;
}

/**
 * Names and mail addresses. Not a projection: they never stand in events, so they can be forgotten; and they are not
 * rebuilt, so they are backed up with the database (docs/adr/0014-a-directory-that-forgets.md).
 *
 * Every call throws `MissingTenant`, `ReadModelUnavailable`.
 */
export interface Directory {
  find(tenantId: string, subject: string): Promise<DirectoryEntry | undefined>;
  list(tenantId: string): Promise<readonly DirectoryEntry[]>;
  put(tenantId: string, entry: DirectoryEntry): Promise<void>;
  /** False when there was nothing to forget. */
  erase(tenantId: string, subject: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens it. Postgres may be away, or without the table yet: then calls are refused, and work as soon as it is there. */
export function openDirectory({
  databaseUrl,
  maxConnections = 3,
}: {
  readonly databaseUrl: string;
  readonly maxConnections?: number;
}): Directory {
  const pool = openPool({ databaseUrl, name: 'stemma-directory', maxConnections });
  const inTenant = async <T>(tenantId: string, work: (sql: Sql) => Promise<T>): Promise<T> => {
    const bound = requireTenant(tenantId);
    try {
      return await bindTo(pool, bound, work);
    } catch (error) {
      throw translated(error);
    }
  };
  return {
    find: (tenantId, subject) =>
      inTenant(tenantId, async (sql) => (await select(sql, tenantId, 'AND subject = $2', [subject]))[0]),
    list: (tenantId) => inTenant(tenantId, (sql) => select(sql, tenantId, 'ORDER BY subject', [])),
    put: (tenantId, { subject, displayName, mail }) =>
      inTenant(tenantId, async (sql) => {
        await sql.query(UPSERT, [tenantId, subject, displayName, mail]);
      }),
    erase: (tenantId, subject) =>
      inTenant(tenantId, async (sql) => {
        const { rowCount } = await sql.query(ERASE, [tenantId, subject]);
        return (rowCount ?? 0) > 0;
      }),
    close: () => pool.end(),
  };
}

const UPSERT = `INSERT INTO stemma.directory (tenant_id, subject, display_name, mail) VALUES ($1, $2, $3, $4)
  ON CONFLICT (tenant_id, subject) DO UPDATE SET display_name = excluded.display_name, mail = excluded.mail`;
const ERASE = 'DELETE FROM stemma.directory WHERE tenant_id = $1 AND subject = $2';

async function select(
  sql: Sql,
  tenantId: string,
  more: string,
  values: readonly string[],
): Promise<DirectoryEntry[]> {
  const text = `SELECT subject, display_name, mail FROM stemma.directory WHERE tenant_id = $1 ${more}`;
  const { rows } = await sql.query(text, [tenantId, ...values]);
  return rows.map((row) => ({
    subject: String(row['subject']),
    displayName: row['display_name'] as string | null,
    mail: row['mail'] as string | null,
  }));
}

/** One transaction under the role that row-level security binds, of one tenant. */
async function bindTo<T>(pool: pg.Pool, tenantId: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    return await inTransaction(client, 'stemma_reader', async (sql) => {
      await sql.query("SELECT set_config('stemma.tenant', $1, true)", [tenantId]);
      return work(sql);
    });
  } finally {
    client.release();
  }
}

function translated(error: unknown): unknown {
  if (!isConnectionFailure(error) && !isMissingView(error)) return error;
  return new ReadModelUnavailable('The directory of names cannot be reached. Try again in a second.', {
    cause: error,
  });
}

import pg from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;

type Parse = (value: string) => unknown;

const parserOf = pg.types.getTypeParser as (id: number, format?: 'text' | 'binary') => Parse;

const toInstant: Parse = (value) => {
  const date = parserOf(TIMESTAMPTZ)(value);
  return date instanceof Date ? date.toISOString() : value;
};

/** 64 bits come as bigint, instants as ISO 8601 text: what a fold put is what a query gets. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: 'text' | 'binary'): Parse => {
    if (id === INT8) return BigInt;
    return id === TIMESTAMPTZ ? toInstant : parserOf(id, format);
  },
};

/** How every connection of ours is made. `name` shows in `pg_stat_activity`. */
export function connectionConfig(databaseUrl: string, name: string): pg.ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: name,
    options: '-c TimeZone=UTC -c DateStyle=ISO -c standard_conforming_strings=on',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    types,
  };
}

/** What is asked of a connection: `pg.Client` and pool clients fit. */
export interface Sql {
  query(text: string, values?: readonly unknown[]): Promise<pg.QueryResult<pg.QueryResultRow>>;
}

export type Role = 'stemma_owner' | 'stemma_writer' | 'stemma_reader';

/**
 * Runs `work` in one transaction under a role that row-level security binds, whoever logged in (HAZARDS A5). Rolls back
 * when it throws.
 */
export async function inTransaction<T>(sql: Sql, role: Role, work: (sql: Sql) => Promise<T>): Promise<T> {
  try {
    // A role that is not there yet leaves the transaction open, and the connection goes back to a pool.
    await sql.query(`BEGIN; SET LOCAL ROLE ${role}`);
    const result = await work(sql);
    await sql.query('COMMIT');
    return result;
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** One connection of its own, ended whatever happens. Loss of it surfaces in the query that is under way. */
export async function withClient<T>(
  databaseUrl: string,
  name: string,
  work: (client: pg.Client) => Promise<T>,
) {
  const client = new pg.Client(connectionConfig(databaseUrl, name));
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connectionConfig, type Sql } from './connect.js';

/** How long a holder that stopped answering keeps its lock, ms. It says that it lives three times as often. */
const LEASE_MS = 6_000;
const RETRY_MS = 250;

/** A connection that holds a lock. */
export interface LeasedSession {
  readonly client: pg.Client;
  /** Aborts when the connection, and so the lock, is lost, or when the caller's signal does. */
  readonly signal: AbortSignal;
}

export interface LeaseOptions {
  readonly databaseUrl: string;
  /** Shows in `pg_stat_activity`. */
  readonly name: string;
  readonly lock: string;
  readonly stop: AbortSignal;
}

/**
 * Connects, waits for the lock and runs `work` while the connection lives. A frozen process keeps its socket, so Postgres
 * ends sessions that are silent for `LEASE_MS`: then somebody else gets the lock, and the frozen one finds its connection
 * gone.
 */
export async function withLease<T>(
  { databaseUrl, name, lock, stop }: LeaseOptions,
  work: (session: LeasedSession) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connectionConfig(databaseUrl, name));
  const lost = new AbortController();
  client.on('error', (error) => lost.abort(error));
  client.on('end', () => lost.abort(new Error('the connection to Postgres ended')));
  const signal = AbortSignal.any([stop, lost.signal]);
  let heartbeat: NodeJS.Timeout | undefined;
  try {
    await client.connect();
    await client.query(
      `SET idle_session_timeout = ${LEASE_MS}; SET idle_in_transaction_session_timeout = ${LEASE_MS}`,
    );
    heartbeat = setInterval(() => void client.query('SELECT 1').catch(() => undefined), LEASE_MS / 3);
    while (!(await tryLock(client, lock))) await pause(RETRY_MS, undefined, { signal });
    return await work({ client, signal });
  } finally {
    clearInterval(heartbeat);
    await client.end().catch(() => undefined);
  }
}

/** The lock belongs to the connection. */
export async function tryLock(sql: Sql, lock: string): Promise<boolean> {
  const { rows } = await sql.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [lock]);
  return rows[0]?.['taken'] === true;
}

export async function unlock(sql: Sql, lock: string): Promise<void> {
  await sql.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
}

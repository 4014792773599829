import pg from 'pg';
import { connectionConfig } from './connect.js';

export interface PoolOptions {
  readonly databaseUrl: string;
  /** Shows in `pg_stat_activity`. */
  readonly name: string;
  readonly maxConnections: number;
  /** Told of a connection that was lost while nobody used it. */
  readonly onLost?: (error: Error) => void;
}

/**
 * Connections that calls share. A pool looks after those that lie idle; one that is lost in the hands of a call, between
 * two of its statements, has nobody to tell, and Node ends a process for an error that nobody hears. The call's next
 * statement fails with it.
 */
export function openPool({
  databaseUrl,
  name,
  maxConnections,
  onLost = () => undefined,
}: PoolOptions): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(databaseUrl, name), max: maxConnections });
  pool.on('error', onLost);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

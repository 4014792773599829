import { indexBuild } from '../database/builds.js';
import { withClient } from '../database/connect.js';
import type { Filling } from './fill-builds.js';

/** A process that is frozen meanwhile must not hold the build for ever. */
const LEASE_MS = 6_000;

/**
 * Makes the indexes of a build on a connection of its own, while its rows are looked at on another one. When the signal
 * aborts, Postgres ends it: an index of a big table takes minutes, and whoever drops the build would wait for it.
 */
export const indexing =
  (databaseUrl: string, signal: AbortSignal) =>
  ({ build, projection }: Omit<Filling, 'stopAt' | 'client'>): Promise<void> =>
    withClient(databaseUrl, 'stemma-projector index', async (sql) => {
      await sql.query(`SET idle_in_transaction_session_timeout = ${LEASE_MS}`);
      const { rows } = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const end = () => void endSession(databaseUrl, rows[0]?.pid).catch(() => undefined);
      signal.throwIfAborted();
      signal.addEventListener('abort', end, { once: true });
      try {
        await indexBuild(sql, build, projection);
      } finally {
        signal.removeEventListener('abort', end);
      }
    });

const endSession = (databaseUrl: string, pid: number | undefined): Promise<unknown> =>
  withClient(databaseUrl, 'stemma-projector index end', (sql) =>
    sql.query('SELECT pg_terminate_backend($1)', [pid]),
  );

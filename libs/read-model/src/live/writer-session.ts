import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connectionConfig } from '../database/connect.js';
import { type BuildRef, buildSchema } from '../database/names.js';

/** How long a writer that stopped answering keeps its lock, ms. It says that it lives three times as often. */
const LEASE_MS = 6_000;
const RETRY_LOCK_MS = 500;

/** The lock of the build whose schema is `$1`. */
export const LOCK_OF_BUILD = "hashtextextended('stemma writer ' || $1, 0)";

/** The one connection of the one writer of a build: it holds the lock and does all the writing. */
export interface WriterSession {
  readonly client: pg.Client;
  /** Aborts when the connection is lost, or the caller's signal is. */
  readonly signal: AbortSignal;
}

/**
 * Connects, waits for the build's lock and runs `work` while the connection lives. A frozen process keeps its socket, so
 * Postgres ends sessions that are silent for `LEASE_MS`: then another projector gets the lock, and the frozen one finds
 * its connection gone.
 */
export async function asWriter<T>(
  databaseUrl: string,
  build: BuildRef,
  stop: AbortSignal,
  work: (session: WriterSession) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(connectionConfig(databaseUrl, `stemma-projector ${buildSchema(build)}`));
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
    await takeLock(client, build, signal);
    return await work({ client, signal });
  } finally {
    clearInterval(heartbeat);
    await client.end().catch(() => undefined);
  }
}

async function takeLock(client: pg.Client, build: BuildRef, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_OF_BUILD}) AS taken`,
      [buildSchema(build)],
    );
    if (rows[0]?.taken) return;
    await pause(RETRY_LOCK_MS, undefined, { signal });
  }
}

import pg from 'pg';
import { connectionConfig, type Sql } from '../database/connect.js';
import type { Log } from '../log/event-source.js';
import { openBell } from '../waiting/bell.js';
import { persistently } from '../waiting/persistently.js';

export interface ControlOptions {
  readonly databaseUrl: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Makes what is so what should be. Called at once, whenever somebody announced a change, and every now and then. */
  readonly act: (sql: Sql) => Promise<void>;
}

/** So that nothing is left undone for ever because an announcement was lost with a connection. */
const EVERY_MS = 5_000;

/** Does what operators and other projectors announce, on a connection of its own that comes back by itself. */
export async function listenForControl({ databaseUrl, signal, log, act }: ControlOptions): Promise<void> {
  await persistently(
    async (healthy) => {
      await listen(databaseUrl, signal, act, healthy);
      return 'again';
    },
    {
      firstPauseMs: 100,
      longestPauseMs: 5_000,
      signal,
      onFailure: (error) => log.warn({ err: error }, 'operators are not heard for a moment'),
    },
  );
}

async function listen(
  databaseUrl: string,
  signal: AbortSignal,
  act: ControlOptions['act'],
  healthy: () => void,
): Promise<void> {
  const client = new pg.Client(connectionConfig(databaseUrl, 'stemma-projector control'));
  const bell = openBell();
  const lost = new AbortController();
  const lose = (error: Error) => {
    lost.abort(error);
    bell.ring();
  };
  client.on('error', lose);
  client.on('end', () => lose(new Error('the connection to Postgres ended')));
  client.on('notification', () => bell.ring());
  const ring = () => bell.ring();
  const timer = setInterval(ring, EVERY_MS);
  signal.addEventListener('abort', ring, { once: true });
  try {
    await client.connect();
    await client.query('LISTEN stemma_control');
    while (!signal.aborted) {
      lost.signal.throwIfAborted();
      const next = bell.next;
      await act(client);
      healthy();
      await next;
    }
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', ring);
    await client.end().catch(() => undefined);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connectionConfig, inTransaction } from '../database/connect.js';
import type { Log } from '../log/event-source.js';
import type { Position } from '../log/position-token.js';

/** A projection as readers ask for it: by name and the version that their code knows. */
export interface ProjectionRef {
  readonly name: string;
  readonly version: number;
}

export const refText = ({ name, version }: ProjectionRef): string => `${name} ${version}`;

/** What this process knows of the live builds, kept fresh by notification. */
export interface PositionWatch {
  at(projection: ProjectionRef): Position | undefined;
  /** Resolves at the next change of any position, or rejects when the signal aborts. */
  nextChange(signal: AbortSignal): Promise<void>;
  readonly connected: boolean;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Listens for positions on one connection of its own, which comes back by itself; after each gap all of them are read
 * once, so nothing announced meanwhile is missed.
 */
export function watchPositions(databaseUrl: string, log: Log): PositionWatch {
  const known = new Map<string, Position>();
  const stop = new AbortController();
  let changed = Promise.withResolvers<void>();
  let connected = false;

  const note = (projection: string, position: Position) => {
    known.set(projection, position);
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const running = keepListening(databaseUrl, stop.signal, log, note, (is) => (connected = is));

  return {
    at: (projection) => known.get(refText(projection)),
    nextChange: (signal) => Promise.race([changed.promise, aborted(signal)]),
    get connected() {
      return connected;
    },
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

type Note = (projection: string, position: Position) => void;

async function keepListening(
  databaseUrl: string,
  stop: AbortSignal,
  log: Log,
  note: Note,
  setConnected: (connected: boolean) => void,
): Promise<void> {
  let wait = FIRST_PAUSE_MS;
  while (!stop.aborted) {
    const failure: unknown = await listen(databaseUrl, stop, note, () => {
      setConnected(true);
      wait = FIRST_PAUSE_MS;
    }).catch((error: unknown) => error);
    setConnected(false);
    if (stop.aborted) return;
    log.warn({ err: failure }, 'positions of the read models are not heard for a moment');
    await pause(wait, undefined, { signal: stop }).catch(() => undefined);
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
  }
}

/** Listens until the connection is lost or `stop` aborts. */
async function listen(
  databaseUrl: string,
  stop: AbortSignal,
  note: Note,
  listening: () => void,
): Promise<unknown> {
  const client = new pg.Client(connectionConfig(databaseUrl, 'stemma-reader positions'));
  const ended = Promise.withResolvers<unknown>();
  client.on('error', ended.resolve);
  client.on('end', () => ended.resolve(new Error('the connection to Postgres ended')));
  stop.addEventListener('abort', ended.resolve, { once: true });
  client.on('notification', ({ payload = '' }) => {
    for (const line of payload.split('\n')) {
      const [name, version, logId, position] = line.split(' ');
      if (logId && position) note(`${name} ${version}`, { logId, position: BigInt(position) });
    }
  });
  try {
    await client.connect();
    await client.query('LISTEN stemma_positions');
    await readPositions(client, note);
    listening();
    return await ended.promise;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readPositions(client: pg.Client, note: Note): Promise<void> {
  const { rows } = await client.query("SELECT to_regclass('read.checkpoints') IS NOT NULL AS migrated");
  if (!(rows[0] as { migrated: boolean }).migrated) return;
  const found = await inTransaction(client, 'stemma_reader', () =>
    client.query<{ projection: string; version: number; log_id: string; position: bigint | null }>(
      'SELECT projection, version, log_id, position FROM read.checkpoints',
    ),
  );
  for (const { projection, version, log_id: logId, position } of found.rows) {
    if (position !== null) note(`${projection} ${version}`, { logId, position });
  }
}

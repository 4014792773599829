import { setTimeout as pause } from 'node:timers/promises';
import { inTransaction, type Sql } from '../database/connect.js';

/** Events per second by `<projection> <build>`, between this look and one before it. */
export type Rates = ReadonlyMap<string, number>;

interface Look {
  readonly atMs: number;
  readonly events: ReadonlyMap<string, number>;
}

/** A look older than this says nothing of now; one that is younger is too short to divide by. */
const OLDEST_MS = 30_000;
const YOUNGEST_MS = 200;

/** Tells how fast builds move, from the counts of their checkpoints. Who looks for the first time waits a moment. */
export function openRates(): (sql: Sql) => Promise<Rates> {
  let last: Look | undefined;
  const usable = (age: number) => age >= YOUNGEST_MS && age <= OLDEST_MS;
  return async (sql) => {
    let before = last;
    if (!before || !usable(performance.now() - before.atMs)) {
      before = await look(sql);
      await pause(YOUNGEST_MS);
    }
    const now = await look(sql);
    last = now;
    return ratesBetween(before, now);
  };
}

async function look(sql: Sql): Promise<Look> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query('SELECT projection, build, events FROM stemma.checkpoints'),
  );
  const events = rows.map((row) => [`${row['projection']} ${row['build']}`, Number(row['events'])] as const);
  return { atMs: performance.now(), events: new Map(events) };
}

function ratesBetween(before: Look, now: Look): Rates {
  const seconds = (now.atMs - before.atMs) / 1_000;
  const rateOf = (key: string, events: number) =>
    Math.round((events - (before.events.get(key) ?? 0)) / seconds);
  return new Map([...now.events].map(([key, events]) => [key, Math.max(0, rateOf(key, events))]));
}

import { type Kysely, sql } from 'kysely';
import type { EventSource } from '../log/event-source.js';
import { type ProjectionRef, refText } from './watch-positions.js';

/** So long without a move, although there is something to move to, is standing still: whoever is only busy moves more often. */
export const STILL_MS = 10_000;

interface Row {
  readonly name: string;
  readonly version: number;
  readonly position: bigint | null;
  readonly updatedAt: string;
}

/**
 * `<name> <version>` of those that have not moved for ten seconds although an event waits for them as long: what is read
 * of them is old. Paused ones are among them.
 */
export async function standingStill(
  database: Kysely<unknown>,
  source: EventSource,
  projections: readonly ProjectionRef[],
  now: Date,
): Promise<readonly string[]> {
  const isLongAgo = (instant: Date) => now.getTime() - instant.getTime() >= STILL_MS;
  const asked = new Set(projections.map(refText));
  const quiet = (await readCheckpoints(database)).filter(
    (row) => asked.has(refText(row)) && isLongAgo(new Date(row.updatedAt)),
  );
  const still = await Promise.all(
    quiet.map(async ({ position }) => {
      const next = await nextAfter(source, position);
      return next !== undefined && isLongAgo(next);
    }),
  );
  return quiet
    .filter((_, index) => still[index])
    .map(refText)
    .sort();
}

async function readCheckpoints(database: Kysely<unknown>): Promise<readonly Row[]> {
  return database.transaction().execute(async (transaction) => {
    await sql.raw('SET LOCAL ROLE stemma_reader').execute(transaction);
    const { rows } = await sql<Row>`
      SELECT projection AS name, version, position, updated_at FROM read.checkpoints`.execute(transaction);
    return rows;
  });
}

/** When the first event behind a position was stored. */
async function nextAfter(source: EventSource, position: bigint | null): Promise<Date | undefined> {
  const from = position === null ? {} : { after: position };
  for await (const { createdAt } of source.readAll({ ...from, limit: 1 })) return createdAt;
  return undefined;
}

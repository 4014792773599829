import { type Kysely, sql } from 'kysely';
import { NotYetVisible } from './errors.js';
import type { BuildingProgress } from './tell-building.js';
import type { ProjectionRef } from './watch-positions.js';

interface Row {
  readonly state: 'building' | 'trial';
  readonly seconds: number;
  readonly events: bigint;
  readonly position: bigint | null;
  readonly furthest: bigint | null;
}

/** Fills in how far those are that are being built: while nobody can tell, the refusal is as it was. */
export async function withProgress(database: Kysely<unknown>, error: unknown): Promise<never> {
  if (!(error instanceof NotYetVisible) || error.building.length === 0) throw error;
  const progress = await readProgress(database, error.building).catch(() => []);
  const left = Math.max(1, ...progress.map(({ secondsLeft }) => secondsLeft ?? 1));
  throw new NotYetVisible(error.message, Math.min(left, LONGEST_WAIT_SECONDS), error.building, progress);
}

const LONGEST_WAIT_SECONDS = 30;

async function readProgress(
  database: Kysely<unknown>,
  building: readonly ProjectionRef[],
): Promise<readonly BuildingProgress[]> {
  return database.transaction().execute(async (transaction) => {
    await sql.raw('SET LOCAL ROLE stemma_reader').execute(transaction);
    const found: BuildingProgress[] = [];
    for (const ref of building) {
      const { rows } = await sql<Row>`
        SELECT b.state, extract(epoch FROM now() - b.created_at)::float8 AS seconds, c.events, c.position,
          (SELECT max(o.position) FROM stemma.checkpoints o JOIN stemma.builds p USING (projection, build)
           WHERE p.state IN ('live', 'following')) AS furthest
        FROM stemma.builds b JOIN stemma.checkpoints c USING (projection, build)
        WHERE b.projection = ${ref.name} AND b.version = ${ref.version} AND b.job IS NULL
          AND b.state IN ('building', 'trial') ORDER BY b.build DESC LIMIT 1`.execute(transaction);
      found.push(progressOf(ref, rows[0]));
    }
    return found;
  });
}

function progressOf({ name: projection, version }: ProjectionRef, row: Row | undefined): BuildingProgress {
  if (!row) {
    const nothing = { events: 0, eventsPerSecond: 0, percent: null, secondsLeft: null };
    return { projection, version, step: 'waiting', ...nothing };
  }
  const { state, events, position, furthest } = row;
  const seconds = Math.max(row.seconds, 0.001);
  const done = position === null || !furthest ? null : Math.min(Number(position) / Number(furthest), 1);
  return {
    projection,
    version,
    step: state === 'trial' ? 'proving' : 'building',
    events: Number(events),
    eventsPerSecond: Math.round(Number(events) / seconds),
    percent: done === null ? null : Math.round(done * 100),
    secondsLeft: done ? Math.ceil((seconds * (1 - done)) / done) : null,
  };
}

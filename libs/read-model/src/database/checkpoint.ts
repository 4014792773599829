import { NoCheckpoint } from '../projection/refusals.js';
import type { Sql } from './connect.js';
import type { BuildRef } from './names.js';
import type { Call } from './script.js';

/** The last event considered: applied, passed over or parked. */
export interface Considered {
  readonly position: bigint;
  readonly eventId: string;
}

/** How far a build has come. */
export interface Progress {
  /** Null before the first event. */
  readonly considered: Considered | null;
  /** How many events were considered since the start of the log. */
  readonly events: bigint;
  /** The latest `metadata.at` among them, which never goes back; null before the first event that has one. */
  readonly latestAt: string | null;
}

/** Where a build stands, and by which writer's word. */
export interface Checkpoint extends Progress {
  readonly logId: string;
  readonly epoch: bigint;
}

/** Another writer has taken over, or moved the checkpoint: what was about to be written must not be. */
class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** Tells waiting readers where the live build now stands, when the transaction commits. Of `stemma.builds b` and `m`. */
export const ANNOUNCE = `pg_notify('stemma_positions', concat_ws(' ', b.projection, b.version, m.log_id, m.position))`;

const COLUMNS = 'log_id, epoch, position, event_id, events, latest_at';

/**
 * Makes this writer the one whose commits count: every commit of an earlier one fails from now on.
 *
 * @throws NoCheckpoint
 */
export async function claimCheckpoint(sql: Sql, build: BuildRef): Promise<Checkpoint> {
  const { rows } = await sql.query(
    `UPDATE stemma.checkpoints SET epoch = epoch + 1 WHERE projection = $1 AND build = $2 RETURNING ${COLUMNS}`,
    [build.projection, build.build],
  );
  return checkpointIn(build, rows[0]);
}

/** @throws NoCheckpoint */
export async function readCheckpoint(sql: Sql, build: BuildRef): Promise<Checkpoint> {
  const { rows } = await sql.query(
    `SELECT ${COLUMNS} FROM stemma.checkpoints WHERE projection = $1 AND build = $2`,
    [build.projection, build.build],
  );
  return checkpointIn(build, rows[0]);
}

/** Holds the build where it is until the transaction ends: its writer waits with its next commit. */
export async function holdCheckpoint(sql: Sql, { projection, build }: BuildRef): Promise<void> {
  await sql.query('SELECT FROM stemma.checkpoints WHERE projection = $1 AND build = $2 FOR UPDATE', [
    projection,
    build,
  ]);
}

function checkpointIn({ projection, build }: BuildRef, row: Record<string, unknown> | undefined): Checkpoint {
  if (!row) throw new NoCheckpoint(`Build ${build} of ${projection} was dropped.`);
  const position = row['position'] as bigint | null;
  return {
    logId: String(row['log_id']),
    epoch: row['epoch'] as bigint,
    considered: position === null ? null : { position, eventId: String(row['event_id']) },
    events: row['events'] as bigint,
    latestAt: row['latest_at'] as string | null,
  };
}

/**
 * Moves the checkpoint, in the transaction that writes the rows, and announces it. Compare-and-set on position and epoch
 * is the fence: the advisory lock's session can die while this connection still commits (HAZARDS P3).
 *
 * @throws Fenced
 */
export async function moveCheckpoint(
  sql: Sql,
  { projection, build }: BuildRef,
  from: Checkpoint,
  to: Progress,
): Promise<Checkpoint> {
  const { rowCount } = await sql.query(
    `WITH moved AS (
       UPDATE stemma.checkpoints
       SET position = $5, event_id = $6, events = $7, latest_at = $8, updated_at = now()
       WHERE projection = $1 AND build = $2 AND epoch = $3 AND position IS NOT DISTINCT FROM $4
       RETURNING projection, build, log_id, position)
     SELECT CASE WHEN b.state = 'live' THEN ${ANNOUNCE} END FROM moved m JOIN stemma.builds b USING (projection, build)`,
    [
      projection,
      build,
      from.epoch,
      from.considered?.position ?? null,
      to.considered?.position ?? null,
      to.considered?.eventId ?? null,
      to.events,
      to.latestAt,
    ],
  );
  if (rowCount === 1) return { ...from, ...to };
  throw new Fenced(`Build ${build} of ${projection} was dropped, or another writer moved its checkpoint.`);
}

/** A checkpoint of one build, from where its writer knows it to be. */
export interface Move {
  readonly build: BuildRef;
  readonly from: Checkpoint;
  readonly to: Progress;
}

const MOVE_ALL = 'SELECT stemma.move_checkpoints($1::json)';

/** The same for several builds: all of them, or an error and none. One announcement for all. */
export function moveCall(moves: readonly Move[]): Call {
  const records = moves.map(({ build: { projection, build }, from, to }) => ({
    projection,
    build,
    epoch: String(from.epoch),
    was: from.considered && String(from.considered.position),
    position: to.considered && String(to.considered.position),
    event_id: to.considered?.eventId ?? null,
    events: String(to.events),
    latest_at: to.latestAt,
  }));
  return { statement: MOVE_ALL, json: JSON.stringify(records) };
}

import type { RecordedEvent } from '../log/event-source.js';
import { NoCheckpoint } from '../projection/refusals.js';
import type { Sql } from './connect.js';
import type { BuildRef } from './names.js';

/** The last event considered in order: applied, ignored or parked. */
export interface Considered {
  readonly position: bigint;
  readonly eventId: string;
}

/** Where a build stands. `considered` is null before its first event. */
export interface Checkpoint {
  readonly logId: string;
  readonly epoch: bigint;
  readonly considered: Considered | null;
}

/** Another writer has taken over, or moved the checkpoint: what was about to be written must not be. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** Tells waiting readers where the live build now stands, when the transaction commits. Of `stemma.builds b` and `m`. */
export const ANNOUNCE = `pg_notify('stemma_positions', concat_ws(' ', b.projection, b.version, m.log_id, m.position))`;

export const consideredOf = ({ position, id }: RecordedEvent): Considered => ({ position, eventId: id });

/**
 * Makes this writer the one whose commits count: every commit of an earlier one fails from now on.
 *
 * @throws NoCheckpoint
 */
export async function claimCheckpoint(sql: Sql, { projection, build }: BuildRef): Promise<Checkpoint> {
  const { rows } = await sql.query(
    `UPDATE stemma.checkpoints SET epoch = epoch + 1 WHERE projection = $1 AND build = $2
     RETURNING log_id, epoch, position, event_id`,
    [projection, build],
  );
  const [row] = rows;
  if (!row) throw new NoCheckpoint(`Build ${build} of ${projection} was dropped.`);
  return { logId: String(row['log_id']), epoch: row['epoch'] as bigint, considered: consideredIn(row) };
}

function consideredIn(row: Record<string, unknown>): Considered | null {
  if (row['position'] === null) return null;
  return { position: row['position'] as bigint, eventId: String(row['event_id']) };
}

/**
 * Moves the checkpoint, in the transaction that writes the rows, and announces it. Compare-and-set on position and epoch is the fence: the
 * advisory lock's session can die while this connection still commits (HAZARDS P3).
 *
 * @throws Fenced
 */
export async function moveCheckpoint(
  sql: Sql,
  { projection, build }: BuildRef,
  from: Checkpoint,
  to: Considered,
): Promise<Checkpoint> {
  const { rowCount } = await sql.query(
    `WITH moved AS (
       UPDATE stemma.checkpoints
       SET position = $5, event_id = $6, updated_at = now()
       WHERE projection = $1 AND build = $2 AND epoch = $3 AND position IS NOT DISTINCT FROM $4
       RETURNING projection, build, log_id, position)
     SELECT CASE WHEN b.state = 'live' THEN ${ANNOUNCE} END FROM moved m JOIN stemma.builds b USING (projection, build)`,
    [projection, build, from.epoch, from.considered?.position ?? null, to.position, to.eventId],
  );
  if (rowCount === 1) return { ...from, considered: to };
  throw new Fenced(`Another writer of ${projection} (build ${build}) moved its checkpoint.`);
}

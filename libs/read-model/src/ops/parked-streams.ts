import { randomUUID } from 'node:crypto';
import { inTransaction, type Sql } from '../database/connect.js';
import type { LogStore } from '../log/ensure-log.js';
import { type OpsMetadata, recordInLog } from '../log/ops-log.js';
import type { ParkCategory } from '../projection/fold-events.js';

/** A stream that a projection cannot go on with. */
export interface ParkedReport {
  readonly projection: string;
  readonly version: number;
  readonly build: number;
  readonly stream: string;
  readonly tenantId: string | null;
  /** Of the first event that could not be applied. */
  readonly revision: string;
  readonly position: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly category: ParkCategory;
  readonly error: string;
  /** How many events wait, the first one included. */
  readonly events: number;
  readonly parkedAt: string;
}

/** Of the builds that are read; of one projection, or of all. */
export async function listParked(sql: Sql, projection?: string): Promise<readonly ParkedReport[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(
      `SELECT p.*, b.version FROM stemma.parked p JOIN stemma.builds b USING (projection, build)
       WHERE b.state = 'live' AND ($1::text IS NULL OR p.projection = $1) ORDER BY p.projection, p.position`,
      [projection ?? null],
    ),
  );
  return rows.map((row) => ({
    projection: String(row['projection']),
    version: Number(row['version']),
    build: Number(row['build']),
    stream: String(row['stream']),
    tenantId: row['tenant_id'] as string | null,
    revision: String(row['revision']),
    position: String(row['position']),
    eventId: String(row['event_id']),
    eventType: String(row['event_type']),
    category: row['category'] as ParkCategory,
    error: String(row['error']),
    events: Number(row['events']),
    parkedAt: String(row['parked_at']),
  }));
}

/** Has the streams tried again, in every build, by their writers; one stream, or all of the projection. */
export async function retryParked(sql: Sql, projection: string, stream?: string): Promise<number> {
  return inTransaction(sql, 'stemma_writer', async () => {
    // A writer that tries a stream again replaces its row: the ask waits for that, or it would be for a row that is gone.
    await sql.query('LOCK TABLE stemma.parked IN SHARE ROW EXCLUSIVE MODE');
    const { rowCount } = await sql.query(
      'UPDATE stemma.parked SET retry_asked_at = now() WHERE projection = $1 AND ($2::text IS NULL OR stream = $2)',
      [projection, stream ?? null],
    );
    await sql.query("SELECT pg_notify('stemma_control', '')");
    return rowCount ?? 0;
  });
}

/**
 * Has a projection pass over the event that parked a stream, for good and in every mode: the decision is an event. What
 * comes after it in the stream is tried again. `undefined` when the stream is not parked by this event.
 */
export async function dropParked(
  sql: Sql,
  log: LogStore,
  { projection, stream, eventId, reason, metadata }: ParkedDrop,
): Promise<ParkedReport | undefined> {
  const parked = (await listParked(sql, projection)).find(
    (one) => one.stream === stream && one.eventId === eventId,
  );
  if (!parked) return undefined;
  const data = { projection, stream, eventId, reason };
  await recordInLog(log, { type: 'ParkedEventDropped', data }, metadata, randomUUID());
  await retryParked(sql, projection, stream);
  return parked;
}

/** The decision to pass an event over. */
export interface ParkedDrop {
  readonly projection: string;
  readonly stream: string;
  /** The event that was looked at: if another one parks the stream by now, that one stays. */
  readonly eventId: string;
  readonly reason: string;
  readonly metadata: OpsMetadata;
}

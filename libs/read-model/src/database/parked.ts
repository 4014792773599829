import type { ParkedEvent } from '../projection/fold-events.js';
import type { Sql } from './connect.js';
import type { BuildRef } from './names.js';

export async function readParkedStreams(
  sql: Sql,
  { projection, build }: BuildRef,
): Promise<readonly string[]> {
  const { rows } = await sql.query('SELECT stream FROM stemma.parked WHERE projection = $1 AND build = $2', [
    projection,
    build,
  ]);
  return rows.map((row) => String(row['stream']));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function tenantOf({ event: { metadata } }: ParkedEvent): string | null {
  const tenantId = 'tenantId' in metadata ? metadata.tenantId : null;
  return typeof tenantId === 'string' && UUID.test(tenantId) ? tenantId : null;
}

/** Keeps which streams are parked from now on, and why. */
export async function parkStreams(
  sql: Sql,
  { projection, build }: BuildRef,
  parked: readonly ParkedEvent[],
): Promise<void> {
  for (const one of parked) {
    const { event, category, error } = one;
    await sql.query(
      `INSERT INTO stemma.parked
         (projection, build, stream, tenant_id, revision, position, event_id, event_type, category, error)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        projection,
        build,
        event.stream,
        tenantOf(one),
        event.revision,
        event.position,
        event.id,
        event.type,
        category,
        printable(error),
      ],
    );
  }
}

const printable = (text: string): string => text.replaceAll('\0', '\\0').toWellFormed().slice(0, 2_000);

/** Counts the events that wait behind a parked one. */
export async function holdEvents(
  sql: Sql,
  { projection, build }: BuildRef,
  held: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [stream, events] of held) {
    await sql.query(
      'UPDATE stemma.parked SET events = events + $4 WHERE projection = $1 AND build = $2 AND stream = $3',
      [projection, build, stream, events],
    );
  }
}

export interface ParkedStream {
  readonly stream: string;
  /** Of the first event that could not be applied. */
  readonly revision: bigint;
  /** When somebody asked that it be tried again. */
  readonly askedAt: string;
}

/** Streams that somebody asked to be tried again. */
export async function readRetries(
  sql: Sql,
  { projection, build }: BuildRef,
): Promise<readonly ParkedStream[]> {
  const { rows } = await sql.query(
    `SELECT stream, revision, retry_asked_at::text AS asked_at FROM stemma.parked
     WHERE projection = $1 AND build = $2 AND retry_asked_at IS NOT NULL ORDER BY position`,
    [projection, build],
  );
  return rows.map((row) => ({
    stream: String(row['stream']),
    revision: row['revision'] as bigint,
    askedAt: String(row['asked_at']),
  }));
}

/** Answers with when somebody asked last that it be tried again. */
export async function unparkStream(
  sql: Sql,
  { projection, build }: BuildRef,
  stream: string,
): Promise<string | null> {
  const { rows } = await sql.query(
    `DELETE FROM stemma.parked WHERE projection = $1 AND build = $2 AND stream = $3
     RETURNING retry_asked_at::text AS asked_at`,
    [projection, build, stream],
  );
  return (rows[0]?.['asked_at'] ?? null) as string | null;
}

/** The stream is parked again, and was asked for meanwhile: it is to be tried once more. */
export async function askAgain(sql: Sql, { projection, build }: BuildRef, stream: string): Promise<void> {
  await sql.query(
    'UPDATE stemma.parked SET retry_asked_at = now() WHERE projection = $1 AND build = $2 AND stream = $3',
    [projection, build, stream],
  );
  await sql.query("SELECT pg_notify('stemma_control', '')");
}

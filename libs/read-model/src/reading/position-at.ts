import { type Kysely, sql } from 'kysely';
import type { EventSource } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';

interface Mark {
  readonly position: bigint;
  readonly latestAt: string;
}

/**
 * The last position of the log as it was at `time` (ISO 8601 with milliseconds, UTC): everything before the first event
 * that says, or comes after one that says, a later time. The events of one append say the same, so none is cut in two.
 * -1 when there was nothing yet. What `projection` has not considered yet is not looked at.
 */
export async function positionAt(
  database: Kysely<unknown>,
  source: EventSource,
  projection: Projection,
  time: string,
): Promise<bigint> {
  const { end, mark } = await readMarks(database, projection, time);
  if (end && end.latestAt <= time) return end.position;
  let reached = mark?.position ?? -1n;
  for await (const event of source.readAll(reached < 0n ? {} : { after: reached })) {
    const at = 'at' in event.metadata ? event.metadata.at : undefined;
    if (typeof at === 'string' && at > time) break;
    if (end && event.position > end.position) break;
    reached = event.position;
  }
  return reached;
}

/** Where the projection stands, and a place before the moment from which the log can be read. */
async function readMarks(
  database: Kysely<unknown>,
  { name, version }: Projection,
  time: string,
): Promise<{ readonly end: Mark | undefined; readonly mark: Mark | undefined }> {
  return database.transaction().execute(async (transaction) => {
    await sql.raw('SET LOCAL ROLE stemma_reader').execute(transaction);
    const live = sql`SELECT projection, build FROM stemma.builds
      WHERE projection = ${name} AND version = ${version} AND state = 'live'`;
    const end = await sql<Mark>`SELECT position, latest_at FROM stemma.checkpoints
      WHERE (projection, build) IN (${live}) AND latest_at IS NOT NULL`.execute(transaction);
    const mark = await sql<Mark>`SELECT position, latest_at FROM stemma.marks
      WHERE (projection, build) IN (${live}) AND latest_at <= ${time}
      ORDER BY latest_at DESC, position DESC LIMIT 1`.execute(transaction);
    return { end: end.rows[0], mark: mark.rows[0] };
  });
}

import { type Projection, type RecordedEvent, replay, strayRows } from '@stemma/read-model';
import pg from 'pg';

type Stored = Readonly<Record<string, unknown>>;

/** What is read of a projection, and how far it says it has come. */
interface Standing {
  readonly build: number;
  readonly position: string | null;
  readonly eventId: string | null;
}

/**
 * What is wrong with the rows that are read: each row that a clean replay of the log does not make (`+`) or makes and is not
 * there (`-`), and each checkpoint that is not an event of the log, or not its last one. Independent of the engine but for
 * the fold. `events` is the whole log, and nobody appends meanwhile.
 */
export async function judgeRows(
  databaseUrl: string,
  projections: readonly Projection[],
  events: readonly RecordedEvent[],
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE stemma_writer');
    const found: string[] = [];
    for (const projection of projections) {
      const standing = await standingOf(client, projection);
      found.push(...judgeCheckpoint(projection, standing, events));
      if (standing) found.push(...(await differences(client, projection, standing, events)));
    }
    return found;
  } finally {
    await client.end();
  }
}

async function standingOf(client: pg.Client, { name, version }: Projection): Promise<Standing | undefined> {
  const { rows } = await client.query<Standing>(
    `SELECT b.build, c.position::text, c.event_id AS "eventId"
     FROM stemma.builds b JOIN stemma.checkpoints c USING (projection, build)
     WHERE b.projection = $1 AND b.version = $2 AND b.state = 'live'`,
    [name, version],
  );
  return rows[0];
}

function judgeCheckpoint(
  { name }: Projection,
  standing: Standing | undefined,
  events: readonly RecordedEvent[],
): readonly string[] {
  const last = events.at(-1);
  if (!standing || !last) return [`${name} is not read`];
  if (standing.position === String(last.position) && standing.eventId === last.id) return [];
  return [
    `${name} stands at ${standing.position} (${standing.eventId}); the log ends at ${last.position} (${last.id})`,
  ];
}

async function differences(
  client: pg.Client,
  projection: Projection,
  { build }: Standing,
  events: readonly RecordedEvent[],
): Promise<readonly string[]> {
  const replayed = replay(projection, events);
  const schema = `${projection.name.replaceAll('-', '_')}__${build}`;
  const found: string[] = [];
  for (const table of projection.tables) {
    const stored = await client.query<{ row: Stored }>(
      `SELECT to_jsonb(t) AS row FROM "${schema}"."${table.name}" t`,
    );
    const rows = stored.rows.map(({ row }) => row);
    found.push(...strayRows(`${projection.name}.${table.name}`, rows, replayed.rows(table)));
  }
  return found;
}

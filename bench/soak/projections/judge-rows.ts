import { type Projection, type RecordedEvent, replay } from '@stemma/read-model';
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
    const name = `${projection.name}.${table.name}`;
    const is = new Set(stored.rows.map(({ row }) => `${name} ${canonical(row)}`));
    const shouldBe = new Set(replayed.rows(table).map((row) => `${name} ${canonical(snakeCased(row))}`));
    found.push(...[...is].filter((row) => !shouldBe.has(row)).map((row) => `+ ${row}`));
    found.push(...[...shouldBe].filter((row) => !is.has(row)).map((row) => `- ${row}`));
  }
  return found;
}

const snakeCased = (row: Stored): Stored =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Keys in order, the engine's own columns left out, numbers and instants in one notation. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && INSTANT.test(value)) return new Date(value).toISOString();
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('_'));
  return `{${entries
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, item]) => `${key}:${canonical(item)}`)
    .join()}}`;
}

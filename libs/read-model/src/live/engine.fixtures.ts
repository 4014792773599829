import pg from 'pg';
import { connectionConfig } from '../database/connect.js';
import { columnName } from '../database/names.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import type { LogStore } from '../log/ensure-log.js';
import type { Projection } from '../projection/projection.js';
import { replay } from '../projection/replay.js';
import type { Row } from '../projection/table.js';
import type { BuildStatus } from './build-status.js';
import { runProjections, type RunningProjections } from './run-projections.js';

/** What the engine wrote to its log, for those who want to look. */
export interface Lines {
  readonly lines: { readonly level: string; readonly message: string }[];
}

export function startEngine(
  databaseUrl: string,
  source: EventSource & LogStore,
  projections: readonly Projection[],
): RunningProjections & Lines {
  const lines: { level: string; message: string }[] = [];
  const line = (level: string) => (_: object, message: string) => void lines.push({ level, message });
  const log = { info: line('info'), warn: line('warn'), error: line('error') };
  return { lines, ...runProjections({ databaseUrl, projections, source, release: 'test', log }) };
}

/** Waits for a condition, with a deadline; an error says what was seen last. */
export async function until<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  deadlineMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`still ${describe(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const describe = (seen: unknown): string =>
  JSON.stringify(seen, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

/** Until every build follows the log and has committed the event at `position`. */
export const untilAt = (engine: RunningProjections, position: bigint): Promise<readonly BuildStatus[]> =>
  until(engine.status, (all) =>
    all.every(({ activity, position: at }) => activity === 'live' && at !== null && at >= position),
  );

export async function ask(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client(connectionConfig(url, 'spec'));
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

const asText = (row: Row): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

/** Every row of a build, by table, as comparable text; `url` must be a superuser's, whom no policy binds. */
export async function rowsIn(
  url: string,
  projection: Projection,
  build = 1,
): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const table of projection.tables) {
    const stored = await ask(
      url,
      `SELECT * FROM "${projection.name.replaceAll('-', '_')}__${build}"."${table.name}"`,
    );
    const names = Object.keys(table.columns);
    rows[table.name] = stored
      .map((row) => asText(Object.fromEntries(names.map((name) => [name, row[columnName(name)]]))))
      .sort();
  }
  return rows;
}

/** The same of a clean replay. */
export function rowsOfReplay(
  projection: Projection,
  events: readonly RecordedEvent[],
): Record<string, string[]> {
  const replayed = replay(projection, events);
  return Object.fromEntries(
    projection.tables.map((table) => [
      table.name,
      replayed
        .rows(table)
        .map((row) => asText(row as Row))
        .sort(),
    ]),
  );
}

import type { Projection, RecordedEvent } from '@stemma/read-model';
import { replay, strayRows } from '@stemma/read-model';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export interface ProjectorProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Ends it, at once or at a moment to come, and waits until it is gone. */
  readonly end: (signal: NodeJS.Signals, afterMs?: number) => Promise<void>;
}

/** A projector as it is run: the built process, told where its servers are. */
export async function startProjector(eventstoreUrl: string, databaseUrl: string): Promise<ProjectorProcess> {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      EVENTSTORE_URL: eventstoreUrl,
      DATABASE_URL: databaseUrl,
      STEMMA_PROJECTOR_PORT: '0',
      STEMMA_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const end = async (signal: NodeJS.Signals, afterMs = 0) => {
    const gone = once(child, 'exit');
    setTimeout(() => child.kill(signal), afterMs);
    await gone;
  };
  return { child, url, end };
}

export async function ask(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Stored[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Stored>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

type Stored = Readonly<Record<string, unknown>>;

/**
 * Every row of every table that is not what a clean replay of the log makes of it, as text: `+` stored and not replayed,
 * `-` replayed and not stored. Independent of the engine but for the fold itself. `url` is a superuser's.
 */
export async function differences(
  url: string,
  projections: readonly Projection[],
  events: readonly RecordedEvent[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const projection of projections) {
    const replayed = replay(projection, events);
    for (const table of projection.tables) {
      const stored = await ask(
        url,
        `SELECT to_jsonb(t) AS row FROM "${projection.name}__1"."${table.name}" t`,
      );
      const rows = stored.map(({ row }) => row as Stored);
      found.push(...strayRows(`${projection.name}.${table.name}`, rows, replayed.rows(table)));
    }
  }
  return found;
}

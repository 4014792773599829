import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { ReadDb } from './read-in-snapshot.js';

/** A query as it is sent to Postgres. */
export interface RecordedQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What a query function sends, without any database: each statement is noted, and answered with no rows. */
export async function recordQueries(
  ask: (db: ReadDb) => Promise<unknown>,
): Promise<readonly RecordedQuery[]> {
  const recorded: RecordedQuery[] = [];
  const database = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    log: ({ query: { sql, parameters } }) => void recorded.push({ sql, parameters }),
  });
  const db: ReadDb = { views: () => database.withSchema('read') as never };
  // A question that needs a row (a count, say) fails for want of one: it was sent all the same.
  await ask(db).catch((error: unknown) => {
    if (recorded.length === 0) throw error;
  });
  return recorded;
}

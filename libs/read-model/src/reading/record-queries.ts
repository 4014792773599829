import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { Projection } from '../projection/projection.js';
import type { ReadDb } from './read-in-snapshot.js';

/** A query as it is sent to Postgres. */
export interface RecordedQuery {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** What a query function sends, without any database: each statement is noted, and answered with no rows. */
async function recordQueries(ask: (db: ReadDb) => Promise<unknown>): Promise<readonly RecordedQuery[]> {
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

/** One way to ask a query. */
export interface Sample {
  readonly ask: (db: ReadDb, of: { readonly tenantId: string; readonly id: string }) => Promise<unknown>;
  /** Those it reads when there are many rows, by name; empty when any of several serves. Never a whole table. */
  readonly indexes: readonly string[];
  /** Asked by the system itself, over all tenants. */
  readonly allTenants?: true;
}

/** The queries of a projection. A name begins with that of the function; every exported one has at least one sample. */
export interface Samples {
  readonly projection: Projection;
  readonly queries: Readonly<Record<string, Sample>>;
}

const SOMEBODY = {
  tenantId: '00000000-0000-4000-8000-000000000003',
  id: 'e9e42d87-9ee3-40f2-9bd6-85b0a3e2c1ad',
};

/** What a sample sends, asked by one tenant of ten: `00000000-0000-4000-8000-00000000000<n>`. */
export const recordSample = ({ ask }: Sample): Promise<readonly RecordedQuery[]> =>
  recordQueries((db) => ask(db, SOMEBODY));

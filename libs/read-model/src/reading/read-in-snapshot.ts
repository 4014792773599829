import { type Kysely, sql, type Transaction } from 'kysely';
import { ident, type ViewsOf, viewName } from '../database/names.js';
import type { Position } from '../log/position-token.js';
import type { Projection } from '../projection/projection.js';

/** What a query gets: the views of a projection, in one snapshot, of one tenant. */
export interface ReadDb {
  /** Typed access to the views of one of the projections that the request named. */
  views<P extends Projection>(projection: P): Kysely<ViewsOf<P>>;
}

/** For the system's own work, never for a request: the one role whose policy is not one tenant's. */
export const ALL_TENANTS = Symbol('all tenants');

/** Whose rows, of which projections, as they are or as they were at a position. */
export interface SnapshotOf {
  readonly tenantId: string | typeof ALL_TENANTS;
  readonly projections: readonly Projection[];
  readonly asOf?: bigint | undefined;
}

export interface Snapshot {
  readonly db: ReadDb;
  /** The smallest position over the projections; undefined when one of them is not being read yet. */
  readonly position: Position | undefined;
  /** Streams of the tenant that one of the projections cannot go on with: their rows are old. */
  readonly parked: readonly string[];
}

/**
 * One REPEATABLE READ snapshot under the reader's role and the tenant's policy. The views are locked before the snapshot
 * is taken (LOCK takes none), so that they, the rows and the positions belong together whatever is swapped meanwhile.
 */
export async function readInSnapshot<T>(
  database: Kysely<unknown>,
  of: SnapshotOf,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const schema = of.asOf === undefined ? 'read' : 'read_at';
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      await sql.raw(begin(of, schema)).execute(transaction);
      const standing = await readStanding(transaction, of.projections);
      const inSchema = transaction.withSchema(schema);
      const views = <P extends Projection>() => inSchema as unknown as Kysely<ViewsOf<P>>;
      return work({ ...standing, db: { views } });
    });
}

/** `tenantId` was checked to be a uuid; statements without a query take no snapshot and no parameters. */
function begin({ tenantId, projections, asOf }: SnapshotOf, schema: string): string {
  const views = projections.flatMap((projection) =>
    projection.tables.map((table) => `${schema}.${ident(viewName(projection, table))}`),
  );
  const boundTo =
    tenantId === ALL_TENANTS
      ? ['SET LOCAL ROLE stemma_writer']
      : ['SET LOCAL ROLE stemma_reader', `SET LOCAL stemma.tenant = '${tenantId}'`];
  const moment = asOf === undefined ? [] : [`SET LOCAL stemma.as_of = '${asOf}'`];
  return [...boundTo, ...moment, `LOCK TABLE ${views.join(', ')} IN ACCESS SHARE MODE`].join('; ');
}

interface Standing {
  readonly projection: string;
  readonly version: number;
  readonly logId: string;
  readonly position: bigint | null;
  readonly parked: readonly string[] | null;
}

const STANDING = sql<Standing>`
  SELECT projection, version, log_id, position, (SELECT array_agg(p.stream ORDER BY p.stream) FROM read.parked p
    WHERE p.projection = c.projection AND p.version = c.version) AS parked
  FROM read.checkpoints c`;

async function readStanding(
  transaction: Transaction<unknown>,
  projections: readonly Projection[],
): Promise<Omit<Snapshot, 'db'>> {
  const { rows } = await STANDING.execute(transaction);
  const used = projections.map(({ name, version }) =>
    rows.find((row) => row.projection === name && row.version === version),
  );
  const positions = used.map((row) =>
    row?.position == null ? undefined : { logId: row.logId, position: row.position },
  );
  return {
    position: positions.reduce((least, at) =>
      least && at && at.position < least.position ? at : at && least,
    ),
    parked: [...new Set(used.flatMap((row) => row?.parked ?? []))],
  };
}

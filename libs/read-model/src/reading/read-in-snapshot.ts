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

export interface Snapshot {
  readonly db: ReadDb;
  /** The smallest position over the projections; undefined when one of them is not being read yet. */
  readonly position: Position | undefined;
}

interface Checkpoints {
  readonly checkpoints: {
    readonly projection: string;
    readonly version: number;
    readonly logId: string;
    readonly position: bigint | null;
  };
}

/**
 * One REPEATABLE READ snapshot under the reader's role and the tenant's policy. The views are locked before the snapshot
 * is taken (LOCK takes none), so that they, the rows and the positions belong together whatever is swapped meanwhile.
 */
export async function readInSnapshot<T>(
  database: Kysely<unknown>,
  tenantId: string | typeof ALL_TENANTS,
  projections: readonly Projection[],
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (transaction) => {
      await sql.raw(begin(tenantId, projections)).execute(transaction);
      const position = await smallestPosition(transaction, projections);
      const views = <P extends Projection>() => transaction as unknown as Kysely<ViewsOf<P>>;
      return work({ db: { views }, position });
    });
}

/** `tenantId` was checked to be a uuid; statements without a query take no snapshot and no parameters. */
function begin(tenantId: string | typeof ALL_TENANTS, projections: readonly Projection[]): string {
  const views = projections.flatMap((projection) =>
    projection.tables.map((table) => `read.${ident(viewName(projection, table))}`),
  );
  const boundTo =
    tenantId === ALL_TENANTS
      ? ['SET LOCAL ROLE stemma_writer']
      : ['SET LOCAL ROLE stemma_reader', `SET LOCAL stemma.tenant = '${tenantId}'`];
  return [...boundTo, `LOCK TABLE ${views.join(', ')} IN ACCESS SHARE MODE`].join('; ');
}

async function smallestPosition(
  transaction: Transaction<unknown>,
  projections: readonly Projection[],
): Promise<Position | undefined> {
  const rows = await (transaction as unknown as Kysely<Checkpoints>)
    .selectFrom('checkpoints')
    .select(['projection', 'version', 'logId', 'position'])
    .execute();
  const positions = projections.map(({ name, version }) => {
    const row = rows.find((found) => found.projection === name && found.version === version);
    return row?.position == null ? undefined : { logId: row.logId, position: row.position };
  });
  return positions.reduce((least, at) => (least && at && at.position < least.position ? at : at && least));
}

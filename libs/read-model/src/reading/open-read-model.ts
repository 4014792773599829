import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import { inTransaction, withClient } from '../database/connect.js';
import { openPool } from '../database/open-pool.js';
import { PoliciesBypassed, requirePolicies } from '../database/roles.js';
import type { EventSource, Log } from '../log/event-source.js';
import type { Position } from '../log/position-token.js';
import type { Projection } from '../projection/projection.js';
import { endOfLog } from '../rebuild/end-of-log.js';
import { withProgress } from './building.js';
import { NotYetVisible, otherLog } from './errors.js';
import { positionAt } from './position-at.js';
import { ALL_TENANTS, readInSnapshot, type ReadDb, type SnapshotOf } from './read-in-snapshot.js';
import { requireTenant } from './require-tenant.js';
import { standingStill } from './standing-still.js';
import { translated } from './translated.js';
import { untilAnswered } from './until-answered.js';
import { waitFor } from './wait-for.js';
import { type PositionWatch, watchPositions } from './watch-positions.js';

export interface ReadModelOptions {
  readonly databaseUrl: string;
  readonly log: Log;
  /** Connections for queries; one more listens. */
  readonly maxConnections?: number;
}

export interface ReadRequest {
  readonly tenantId: string;
  /** Every projection that the query looks at. */
  readonly projections: readonly Projection[];
  /** Read your writes: the answer is at this position or behind it in the log. */
  readonly after?: Position | undefined;
  /** How long to wait for that, ms. */
  readonly deadlineMs?: number;
  /** As rows were at this position: everything up to it, nothing behind it. The answer waits until it is known. */
  readonly asOf?: Position | undefined;
}

export interface Answer<T> {
  readonly value: T;
  /** Where the answer stands: the smallest position over the projections it used. */
  readonly position: Position;
  /** Streams of the tenant that one of the projections cannot go on with: what it says of them is old. */
  readonly parked: readonly string[];
}

export interface ReadModel {
  /**
   * Runs a query in one snapshot, bound to the tenant by role and policy.
   *
   * @throws MissingTenant, OtherLog, NotYetVisible, ReadModelUnavailable
   */
  read<T>(request: ReadRequest, query: (db: ReadDb) => Promise<T>): Promise<Answer<T>>;
  /**
   * The same over all tenants: for the system's own work (what must run), never for a request.
   *
   * @throws OtherLog, NotYetVisible, ReadModelUnavailable
   */
  readAllTenants<T>(
    request: Omit<ReadRequest, 'tenantId'>,
    query: (db: ReadDb) => Promise<T>,
  ): Promise<Answer<T>>;
  /**
   * The position of the log as it was at `time` (ISO 8601 with milliseconds, UTC), for `asOf`. Waits until the projection
   * has considered what is in the log now.
   *
   * @throws NotYetVisible, ReadModelUnavailable
   */
  positionAt(projection: Projection, time: string, source: EventSource): Promise<Position>;
  /** Whether the log has come as far as this position of it. It is asked only when the projection has not. */
  isReached(projection: Projection, position: bigint, source: EventSource): Promise<boolean>;
  /** @throws OtherLog, NotYetVisible */
  waitFor(projections: readonly Projection[], token: Position | undefined, deadlineMs: number): Promise<void>;
  /** Whether these projections can be read now, for readiness. */
  isReady(projections: readonly Projection[]): boolean;
  /**
   * `<name> <version>` of those that have not moved for ten seconds although events wait for them: what is read is old.
   *
   * @throws NotYetVisible, ReadModelUnavailable
   */
  standingStill(
    projections: readonly Projection[],
    source: EventSource,
    now: Date,
  ): Promise<readonly string[]>;
  close(): Promise<void>;
}

const DEADLINE_MS = 5_000;

/**
 * Opens the read side. Postgres may be away, or without any projection yet: then reads wait and are refused in time, and
 * work as soon as it is there.
 *
 * @throws PoliciesBypassed when row-level security would not bind the reader
 */
export async function openReadModel({
  databaseUrl,
  log,
  maxConnections = 10,
}: ReadModelOptions): Promise<ReadModel> {
  const checkPolicies = untilAnswered(() => policiesHold(databaseUrl));
  await checkPolicies().catch(unlessBypassed);
  const onLost = ({ message }: Error): void =>
    log.warn({ why: message }, 'a connection to Postgres was lost');
  const pool = openPool({ databaseUrl, name: 'stemma-reader', maxConnections, onLost });
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins }).withSchema(
    'read',
  );
  const watch = watchPositions(databaseUrl, log);
  const reader: Reader = { database, watch, checkPolicies };
  return {
    read: async (request, query) =>
      readAnswer(reader, { ...request, tenantId: requireTenant(request.tenantId) }, query),
    readAllTenants: (request, query) => readAnswer(reader, { ...request, tenantId: ALL_TENANTS }, query),
    positionAt: async (projection, time, source) => {
      const { logId } = await caughtUp(watch, projection, source).catch((error: unknown) =>
        withProgress(database, error),
      );
      return { logId, position: await positionAt(database, source, projection, time).catch(translated) };
    },
    isReached: async (projection, position, source) =>
      (watch.at(projection)?.position ?? -1n) >= position || (await endOfLog(source)) >= position,
    waitFor: (projections, token, deadlineMs) =>
      waitFor(watch, projections, token, deadlineMs).catch((error: unknown) => withProgress(database, error)),
    isReady: (projections) => watch.connected && projections.every((projection) => watch.at(projection)),
    standingStill: (projections, source, now) =>
      standingStill(database, source, projections, now).catch(translated),
    close: async () => {
      await watch.close();
      await pool.end();
    },
  };
}

/** Waits until the projection has considered what is in the log now: what comes after a time is known only then. */
async function caughtUp(
  watch: PositionWatch,
  projection: Projection,
  source: EventSource,
): Promise<{ readonly logId: string }> {
  const end = await endOfLog(source);
  await waitFor(watch, [projection], undefined, DEADLINE_MS);
  const { logId = '' } = watch.at(projection) ?? {};
  await waitFor(watch, [projection], { logId, position: end }, DEADLINE_MS);
  return { logId };
}

type BoundRequest = Omit<ReadRequest, 'tenantId'> & { readonly tenantId: string | typeof ALL_TENANTS };

interface Reader {
  readonly database: Kysely<unknown>;
  readonly watch: PositionWatch;
  readonly checkPolicies: () => Promise<void>;
}

async function readAnswer<T>(
  { database, watch, checkPolicies }: Reader,
  { tenantId, projections, after, asOf, deadlineMs = DEADLINE_MS }: BoundRequest,
  query: (db: ReadDb) => Promise<T>,
): Promise<Answer<T>> {
  const needed = [after, asOf].filter((position) => position !== undefined);
  for (const token of needed.length > 0 ? needed : [undefined]) {
    await waitFor(watch, projections, token, deadlineMs).catch((error: unknown) =>
      withProgress(database, error),
    );
  }
  await checkPolicies().catch(translated);
  const of: SnapshotOf = { tenantId, projections, asOf: asOf?.position };
  return readInSnapshot(database, of, async ({ db, position, parked }) => {
    for (const token of [after, asOf]) requireReached(position, token);
    requireReached(position, undefined);
    return { value: await query(db), position: asOf ?? position, parked };
  }).catch(translated);
}

/** What was announced may still be ahead of this snapshot: on a replica, or when the read model was just dropped. */
function requireReached(position: Position | undefined, after: Position | undefined): asserts position {
  if (position && after && position.logId !== after.logId) throw otherLog();
  if (position && (!after || position.position >= after.position)) return;
  throw new NotYetVisible('The read model is not there yet. Try again in a second.', 1, []);
}

const policiesHold = (databaseUrl: string): Promise<void> =>
  withClient(databaseUrl, 'stemma-reader check', (client) =>
    inTransaction(client, 'stemma_reader', () => requirePolicies(client)),
  );

/** Postgres may be away when a reader opens, or without our roles: then it is asked before the first row is read. */
function unlessBypassed(error: unknown): void {
  if (error instanceof PoliciesBypassed) throw error;
}

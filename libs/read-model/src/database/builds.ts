import type { Projection } from '../projection/projection.js';
import { ShapeChanged } from '../projection/refusals.js';
import { createTables, dropTables, finishTables, indexTables, shapeOf } from './build-tables.js';
import { ANNOUNCE } from './checkpoint.js';
import { inTransaction, type Sql } from './connect.js';
import { holdDdlLock } from './migrate.js';
import type { BuildRef } from './names.js';
import { pointViews } from './views.js';

/**
 * `building`: being filled. `trial`: being filled, only to be compared. `live`: what the views show. `following`: kept up
 * to date beside it, to swap to.
 */
export type BuildState = 'building' | 'trial' | 'live' | 'following';

export interface Build extends BuildRef {
  readonly state: BuildState;
  /** The job that makes it; null for the first build of a version. */
  readonly job: string | null;
  /** Whether it was found equal to the one that was read, or its differences were accepted. */
  readonly isProven: boolean;
  /** When it was read last, or has been since; null if never. */
  readonly liveSince: string | null;
  readonly createdAt: string;
}

/** Tells every projector that what it should be doing has changed. */
const announceControl = async (sql: Sql): Promise<void> => {
  await sql.query("SELECT pg_notify('stemma_control', '')");
};

/**
 * The builds of this version that are not dropped.
 *
 * @throws ShapeChanged
 */
export async function listBuilds(sql: Sql, projection: Projection): Promise<readonly Build[]> {
  const { rows } = await sql.query(
    `SELECT build, state, shape, job, proven_at, live_since, created_at FROM stemma.builds
     WHERE projection = $1 AND version = $2 AND state <> 'dropped' ORDER BY build`,
    [projection.name, projection.version],
  );
  return rows.map((row) => {
    requireShape(projection, String(row['shape']));
    const build = refOf(projection, Number(row['build']));
    return {
      ...build,
      state: row['state'] as BuildState,
      job: row['job'] as string | null,
      isProven: row['proven_at'] !== null,
      liveSince: row['live_since'] as string | null,
      createdAt: String(row['created_at']),
    };
  });
}

function requireShape(projection: Projection, shape: string): void {
  if (shape === shapeOf(projection)) return;
  throw new ShapeChanged(
    `The tables of projection ${projection.name} changed but its version is still ${projection.version}: bump the version, ` +
      'so that its views are built beside those that are being read.',
  );
}

const refOf = ({ name, version }: Projection, build: number): BuildRef => ({
  projection: name,
  version,
  build,
});

/** What a build is by now; undefined when it was dropped. */
export async function readState(sql: Sql, { projection, build }: BuildRef): Promise<BuildState | undefined> {
  const { rows } = await sql.query('SELECT state FROM stemma.builds WHERE projection = $1 AND build = $2', [
    projection,
    build,
  ]);
  const state = rows[0]?.['state'] as BuildState | 'dropped' | undefined;
  return state === 'dropped' ? undefined : state;
}

/** The builds of a version, of which there is at least a first one from now on. */
export async function ensureBuilds(
  sql: Sql,
  projection: Projection,
  logId: string,
): Promise<readonly Build[]> {
  const found = await inTransaction(sql, 'stemma_owner', () => listBuilds(sql, projection));
  if (found.some(({ state }) => state !== 'trial')) return found;
  return inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    const builds = await listBuilds(sql, projection);
    if (builds.some(({ state }) => state !== 'trial')) return builds;
    return [...builds, await createBuild(sql, projection, logId, { state: 'building', job: null })];
  });
}

/** A new build, empty, with a number that was never used before. In a transaction of the owner that holds the DDL lock. */
export async function createBuild(
  sql: Sql,
  projection: Projection,
  logId: string,
  { state, job }: Pick<Build, 'state' | 'job'>,
): Promise<Build> {
  const { rows } = await sql.query(
    `INSERT INTO stemma.builds (projection, build, version, state, shape, job)
     SELECT $1, coalesce(max(build), 0) + 1, $2, $3, $4, $5 FROM stemma.builds WHERE projection = $1
     RETURNING build, created_at`,
    [projection.name, projection.version, state, shapeOf(projection), job],
  );
  const build = refOf(projection, Number(rows[0]?.['build']));
  await sql.query('INSERT INTO stemma.checkpoints (projection, build, log_id) VALUES ($1, $2, $3)', [
    build.projection,
    build.build,
    logId,
  ]);
  await createTables(sql, build, projection);
  const createdAt = String(rows[0]?.['created_at']);
  return { ...build, state, job, isProven: false, liveSince: null, createdAt };
}

/**
 * Makes the indexes of a build that is filled, ahead of its end and beside its proof. Whoever ends it waits for that, and
 * to one who comes late nothing is left to do.
 */
export async function indexBuild(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  await inTransaction(sql, 'stemma_owner', async () => {
    if ((await holdBuild(sql, build)) === 'building') await indexTables(sql, build, projection);
  });
}

/** What the build is, until the transaction ends: of those who want to change that, one goes after the other. */
async function holdBuild(sql: Sql, { projection, build }: BuildRef): Promise<BuildState | undefined> {
  const { rows } = await sql.query(
    'SELECT state FROM stemma.builds WHERE projection = $1 AND build = $2 FOR UPDATE',
    [projection, build],
  );
  return rows[0]?.['state'] as BuildState | undefined;
}

/** Ends the filling of a build: indexed, closed to other tenants, open to readers. In the owner's transaction. */
export async function finishBuild(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  await holdBuild(sql, build);
  await finishTables(sql, build, projection);
}

/** Ends the filling of a build, with what a proof said of it: from now on it follows the log like the live one. */
export async function startFollowing(
  sql: Sql,
  build: BuildRef,
  projection: Projection,
  isProven: boolean,
): Promise<void> {
  await inTransaction(sql, 'stemma_owner', async () => {
    await finishBuild(sql, build, projection);
    await sql.query(
      `UPDATE stemma.builds SET state = 'following', proven_at = CASE WHEN $3 THEN now() END
       WHERE projection = $1 AND build = $2`,
      [build.projection, build.build, isProven],
    );
    await announceControl(sql);
  });
}

/**
 * Makes a complete build the one that is read, and the one that was a follower; views, states and the new position in the
 * caller's transaction, which is the owner's and holds the DDL lock.
 */
export async function makeLive(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  await pointViews(sql, build, projection);
  await sql.query(
    "UPDATE stemma.builds SET state = 'following' WHERE projection = $1 AND version = $2 AND state = 'live'",
    [build.projection, build.version],
  );
  await setState(sql, build, 'live');
  await sql.query('UPDATE stemma.builds SET live_since = now() WHERE projection = $1 AND build = $2', [
    build.projection,
    build.build,
  ]);
  await sql.query(
    `SELECT ${ANNOUNCE} FROM stemma.builds b JOIN stemma.checkpoints m USING (projection, build)
     WHERE projection = $1 AND build = $2`,
    [build.projection, build.build],
  );
  await announceControl(sql);
}

async function setState(sql: Sql, { projection, build }: BuildRef, state: BuildState): Promise<void> {
  await sql.query('UPDATE stemma.builds SET state = $3 WHERE projection = $1 AND build = $2', [
    projection,
    build,
    state,
  ]);
}

/** Removes tables and checkpoint; the number stays taken. A writer of it stops by itself: its checkpoint is gone. */
export async function dropBuild(sql: Sql, build: BuildRef): Promise<void> {
  await inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    await sql.query('DELETE FROM stemma.checkpoints WHERE projection = $1 AND build = $2', [
      build.projection,
      build.build,
    ]);
    await dropTables(sql, build);
    await sql.query('DELETE FROM stemma.troubles WHERE projection = $1 AND build = $2', [
      build.projection,
      build.build,
    ]);
    await sql.query("UPDATE stemma.builds SET state = 'dropped' WHERE projection = $1 AND build = $2", [
      build.projection,
      build.build,
    ]);
    await announceControl(sql);
  });
}

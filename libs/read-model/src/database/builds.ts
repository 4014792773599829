import type { Projection } from '../projection/projection.js';
import { ShapeChanged } from '../projection/refusals.js';
import { createTables, pointViews, secureTables, shapeOf } from './build-tables.js';
import { ANNOUNCE } from './checkpoint.js';
import { inTransaction, type Sql } from './connect.js';
import { holdDdlLock } from './migrate.js';
import type { BuildRef } from './names.js';

export type BuildState = 'building' | 'live' | 'following';

export interface Build extends BuildRef {
  readonly state: BuildState;
}

/**
 * The builds of this version that have to be kept up to date; the first one is made when there is none.
 *
 * @throws ShapeChanged
 */
export async function ensureBuilds(
  sql: Sql,
  projection: Projection,
  logId: string,
): Promise<readonly Build[]> {
  return inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    const builds = await listBuilds(sql, projection);
    return builds.length > 0 ? builds : [await createBuild(sql, projection, logId)];
  });
}

async function listBuilds(sql: Sql, projection: Projection): Promise<readonly Build[]> {
  const { rows } = await sql.query(
    `SELECT build, state, shape FROM stemma.builds
     WHERE projection = $1 AND version = $2 AND state <> 'dropped' ORDER BY build`,
    [projection.name, projection.version],
  );
  return rows.map((row) => {
    requireShape(projection, String(row['shape']));
    return { ...refOf(projection, Number(row['build'])), state: row['state'] as BuildState };
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

async function createBuild(sql: Sql, projection: Projection, logId: string): Promise<Build> {
  const { rows } = await sql.query(
    `INSERT INTO stemma.builds (projection, build, version, state, shape)
     SELECT $1, coalesce(max(build), 0) + 1, $2, 'building', $3 FROM stemma.builds WHERE projection = $1
     RETURNING build`,
    [projection.name, projection.version, shapeOf(projection)],
  );
  const build = refOf(projection, Number(rows[0]?.['build']));
  await sql.query('INSERT INTO stemma.checkpoints (projection, build, log_id) VALUES ($1, $2, $3)', [
    build.projection,
    build.build,
    logId,
  ]);
  await createTables(sql, build, projection);
  return { ...build, state: 'building' };
}

/** Opens a complete build to readers: security, views and state in one transaction. */
export async function goLive(sql: Sql, build: BuildRef, projection: Projection): Promise<void> {
  await inTransaction(sql, 'stemma_owner', async () => {
    await holdDdlLock(sql);
    await secureTables(sql, build, projection);
    await pointViews(sql, build, projection);
    await sql.query(
      `WITH b AS (UPDATE stemma.builds SET state = 'live' WHERE projection = $1 AND build = $2 RETURNING *)
       SELECT ${ANNOUNCE} FROM b JOIN stemma.checkpoints m USING (projection, build)`,
      [build.projection, build.build],
    );
  });
}

import { dropBuild } from '../database/builds.js';
import { inTransaction, type Sql } from '../database/connect.js';
import { tryLock, unlock } from '../database/lease.js';
import type { BuildRef } from '../database/names.js';
import { lockOf } from '../live/writer-session.js';
import type { JobResult } from './job.js';
import { chosenBy, type JobParts, JobRefused } from './job-parts.js';

/**
 * Removes what another release left: all builds of a version, and the views that it was read by.
 *
 * @throws JobRefused for the version that this release reads, and while a projector of that other release still runs
 */
export async function dropVersion(parts: JobParts, version: number): Promise<JobResult> {
  const { sql } = parts;
  const refs = await chosenBy(parts, () => buildsToDrop(parts, version));
  for (const build of refs) await requireUnkept(sql, build);
  for (const build of refs) await dropBuild(sql, build);
  return { builds: refs };
}

async function buildsToDrop(
  { sql, job, projections }: JobParts,
  version: number,
): Promise<readonly BuildRef[]> {
  const refs: BuildRef[] = [];
  for (const name of job.projections) {
    if (projections.some((known) => known.name === name && known.version === version)) {
      throw new JobRefused(
        `Version ${version} of ${name} is the one that this release reads: it is not dropped. Without --version, builds beside the live one are.`,
      );
    }
    refs.push(...(await buildsOfVersion(sql, name, version)));
  }
  return refs;
}

async function buildsOfVersion(sql: Sql, projection: string, version: number): Promise<readonly BuildRef[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(
      `SELECT build FROM stemma.builds WHERE projection = $1 AND version = $2 AND state <> 'dropped' ORDER BY build`,
      [projection, version],
    ),
  );
  if (rows.length === 0) throw new JobRefused(`There is no build of version ${version} of ${projection}.`);
  return rows.map((row) => ({ projection, version, build: Number(row['build']) }));
}

/** Who keeps a build up to date holds its lock. */
async function requireUnkept(sql: Sql, build: BuildRef): Promise<void> {
  if (await tryLock(sql, lockOf(build))) return unlock(sql, lockOf(build));
  throw new JobRefused(
    `Build ${build.build} of ${build.projection} (version ${build.version}) is still kept up to date by a projector of another ` +
      'release: stop that release first.',
  );
}

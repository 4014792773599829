import { type Build, dropBuild, ensureBuilds } from '../database/builds.js';
import { inTransaction, type Sql } from '../database/connect.js';
import { tryLock, unlock } from '../database/lease.js';
import { type BuildRef, buildSchema } from '../database/names.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';
import { type BuildStatus, noBuild } from './build-status.js';
import { type Engine, keepBuild, type KeptBuild } from './keep-build.js';
import { lockOf } from './writer-session.js';

export interface KeptBuilds {
  readonly status: () => readonly BuildStatus[];
  /** Starts and stops keeping builds until what is kept is what should be. */
  readonly reconcile: (sql: Sql) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The builds that this process keeps up to date: of each projection those that are read, or complete beside them. */
export function keepBuilds(engine: Engine, projections: readonly Projection[]): KeptBuilds {
  const kept = new Map<string, KeptBuild>();
  const notes = new Map<Projection, Partial<BuildStatus>>();

  const reconcileOne = async (sql: Sql, projection: Projection, paused: ReadonlySet<string>) => {
    const builds = await buildsOf(sql, engine, projection, notes);
    const wanted = paused.has(projection.name) ? [] : builds.filter(isKept);
    const names = new Set(wanted.map(buildSchema));
    for (const [name, { build, stop }] of kept) {
      if (build.projection !== projection.name || names.has(name)) continue;
      kept.delete(name);
      await stop();
    }
    for (const build of wanted) {
      const known = kept.get(buildSchema(build));
      if (known) known.poke();
      else kept.set(buildSchema(build), keepBuild(engine, projection, build));
    }
    if (paused.has(projection.name))
      notes.set(projection, { activity: 'paused', reason: 'paused by an operator' });
    for (const trial of builds.filter(isOldTrial)) await dropIfAbandoned(sql, trial);
  };

  return {
    status: () =>
      projections.flatMap((projection) => {
        const own = [...kept.values()].filter(({ build }) => build.projection === projection.name);
        return own.length > 0
          ? own.map(({ status }) => status())
          : [noBuild(projection, notes.get(projection))];
      }),
    reconcile: async (sql) => {
      const paused = await readPauses(sql);
      for (const projection of projections) await reconcileOne(sql, projection, paused);
    },
    stop: async () => {
      await Promise.all([...kept.values()].map(({ stop }) => stop()));
    },
  };
}

/** Builds that a job makes are the job's until they follow. */
const isKept = ({ state, job }: Build): boolean =>
  state === 'live' || state === 'following' || (state === 'building' && job === null);

async function buildsOf(
  sql: Sql,
  { logId, log }: Engine,
  projection: Projection,
  notes: Map<Projection, Partial<BuildStatus>>,
): Promise<readonly Build[]> {
  try {
    const builds = await ensureBuilds(sql, projection, logId);
    notes.delete(projection);
    return builds;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (!notes.has(projection)) log.error({ projection: projection.name, err: error }, error.message);
    notes.set(projection, { activity: 'stopped', reason: error.message });
    return [];
  }
}

async function readPauses(sql: Sql): Promise<ReadonlySet<string>> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query('SELECT projection FROM stemma.pauses'),
  );
  return new Set(rows.map((row) => String(row['projection'])));
}

/** A trial of a first build that should have its writer by now; those of jobs are the jobs' to remove. */
const isOldTrial = ({ state, job, createdAt }: Build): boolean =>
  state === 'trial' && job === null && Date.now() - Date.parse(createdAt) > 30_000;

/** A trial whose maker is gone: nobody holds its lock. */
async function dropIfAbandoned(sql: Sql, trial: BuildRef): Promise<void> {
  if (!(await tryLock(sql, lockOf(trial)))) return;
  try {
    await dropBuild(sql, trial);
  } finally {
    await unlock(sql, lockOf(trial));
  }
}

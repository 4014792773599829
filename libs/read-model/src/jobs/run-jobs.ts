import type { Sql } from '../database/connect.js';
import { inTransaction } from '../database/connect.js';
import { type BuildState, dropBuild } from '../database/builds.js';
import { withLease } from '../database/lease.js';
import { projectorMetadata, recordInLog } from '../log/ops-log.js';
import { shortened } from '../log/shortened.js';
import type { Engine } from '../live/keep-build.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';
import { endOfLog } from '../rebuild/end-of-log.js';
import type { Bell } from '../waiting/bell.js';
import { persistently } from '../waiting/persistently.js';
import { untilAborted } from '../waiting/until-aborted.js';
import { drop, rollback, swap } from './choose-build.js';
import {
  beginJob,
  endJob,
  type JobEnd,
  type JobKind,
  type JobResult,
  keepEnd,
  nextJob,
  type OpenJob,
} from './job.js';
import { type JobParts, JobRefused } from './job-parts.js';
import { measureProgress } from './progress.js';
import { rebuild } from './rebuild.js';
import { verify } from './verify.js';
import { watchJob } from './watch-job.js';

const work: Readonly<Record<JobKind, (parts: JobParts) => Promise<JobResult>>> = {
  rebuild,
  verify,
  swap,
  rollback,
  drop,
};

export interface RunJobs {
  readonly engine: Engine;
  readonly projections: readonly Projection[];
  /** Rings when jobs may have come or been aborted. */
  readonly wake: Bell;
  readonly signal: AbortSignal;
}

/**
 * Does what operators ask for, one job after the other, as the only one who does; a job that a process left half done is
 * taken up by the next. What came of a job is kept first and told to the log then, until it is told: a job is never done
 * again because the log was away. Ends when the signal aborts.
 */
export async function runJobs(options: RunJobs): Promise<void> {
  const { engine, signal } = options;
  const lease = {
    databaseUrl: engine.databaseUrl,
    name: 'stemma-projector jobs',
    lock: 'stemma jobs',
    stop: signal,
  };
  await persistently(
    async (healthy) => {
      await withLease(lease, async (session) => {
        for (;;) {
          const woken = options.wake.next;
          const job = await nextJob(
            session.client,
            options.projections.map(({ name }) => name),
          );
          if (job?.end) await tellEnd(options, session.client, job, job.end);
          else if (job) await doJob(options, session.client, session.signal, job);
          healthy();
          if (!job) await untilAborted(woken, session.signal);
        }
      });
      return 'again';
    },
    {
      firstPauseMs: 100,
      longestPauseMs: 5_000,
      signal,
      onFailure: (error) =>
        engine.log.warn({ err: error }, 'a job of an operator is interrupted and taken up again'),
    },
  );
}

async function doJob(options: RunJobs, sql: Sql, signal: AbortSignal, job: OpenJob): Promise<void> {
  const { engine } = options;
  if (!(await beginJob(sql, job))) return;
  const aborted = new AbortController();
  const meter = measureProgress(await endOfLog(engine.source), () => performance.now());
  let step = 'beginning';
  const watching = watchJob({ ...options, job, aborted, progress: () => meter.now(step) });
  try {
    const parts: JobParts = {
      ...options,
      sql,
      job,
      signal: AbortSignal.any([signal, aborted.signal]),
      onStep: (next) => (step = next),
      onPage: meter.page,
    };
    const result = await work[job.kind](parts);
    await keepEnd(sql, job, 'done', { ...result, ...meter.now('done') });
  } catch (error) {
    if (aborted.signal.aborted) engine.log.info({ job: job.id }, `${job.kind} was aborted`);
    else if (!(error instanceof Refusal)) throw error;
    else await keepEnd(sql, job, 'refused', refusal(error));
  } finally {
    await watching.stop();
    if (!signal.aborted) await dropLeftovers(sql);
  }
}

/**
 * The log says what was kept, so both say the same. Told twice, it is one event by the id of the job, as long as the store
 * remembers that; told again much later, it stands there twice, with the same words.
 */
async function tellEnd(
  { engine: { source, release } }: RunJobs,
  sql: Sql,
  job: OpenJob,
  { state, result }: NonNullable<OpenJob['end']>,
): Promise<void> {
  const { id: jobId, kind, projections, askedBy } = job;
  const builds = result.builds.map(({ projection, build }) => ({ projection, build }));
  const data = { jobId, kind, projections, askedBy, state, reason: result.reason ?? null, builds };
  await recordInLog(source, { type: 'ProjectionJobEnded', data }, projectorMetadata(release, jobId), jobId);
  await endJob(sql, job);
}

/** Of a reason that an event has room for (HAZARDS H10). */
const MOST_CHARACTERS = 10_000;

const refusal = (error: Refusal): JobEnd => ({
  reason: shortened(error.message, MOST_CHARACTERS),
  builds: error instanceof JobRefused ? error.result.builds : [],
});

/** What jobs that are over left half made. */
async function dropLeftovers(sql: Sql): Promise<void> {
  const states: readonly BuildState[] = ['building', 'trial'];
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(
      `SELECT b.projection, b.version, b.build FROM stemma.builds b JOIN stemma.jobs j ON j.id = b.job
       WHERE b.state = ANY ($1) AND j.state NOT IN ('queued', 'running')`,
      [states],
    ),
  );
  for (const row of rows) {
    await dropBuild(sql, {
      projection: String(row['projection']),
      version: Number(row['version']),
      build: Number(row['build']),
    });
  }
}

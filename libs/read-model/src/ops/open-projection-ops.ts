import pg from 'pg';
import { connectionConfig, inTransaction, type Sql } from '../database/connect.js';
import { askForJob, type JobKind, type JobOptions } from '../jobs/job.js';
import type { EventSource } from '../log/event-source.js';
import { abortJobs, findJob, type JobReport, listJobs } from './job-reports.js';
import {
  type DropLog,
  dropParked,
  listParked,
  type ParkedDrop,
  type ParkedReport,
  retryParked,
} from './parked-streams.js';
import { type BuildReport, reportBuilds } from './projection-reports.js';
import { waitForJob } from './wait-for-job.js';

export interface ProjectionOpsOptions {
  readonly databaseUrl: string;
  readonly source: EventSource & DropLog;
}

/** What operators can do about projections. A projector does it; here it is asked for and reported. */
export interface ProjectionOps {
  /** Every build, with lag, position, parked streams and the last proof. */
  readonly status: () => Promise<readonly BuildReport[]>;
  /** Returns the id of the job. */
  readonly ask: (
    kind: JobKind,
    projections: readonly string[],
    by: string,
    options?: JobOptions,
  ) => Promise<string>;
  readonly job: (id: string) => Promise<JobReport | undefined>;
  readonly jobs: () => Promise<readonly JobReport[]>;
  /** Resolves when the job has ended, by notification; rejects when the signal aborts. */
  readonly waitForJob: (
    id: string,
    signal: AbortSignal,
    onProgress?: (report: JobReport) => void,
  ) => Promise<JobReport>;
  /** Ends jobs of these projections that wait or run. Returns how many there were. */
  readonly abort: (projections: readonly string[]) => Promise<number>;
  /** Lets a projection, all builds of it, stand still. */
  readonly pause: (projection: string, by: string) => Promise<void>;
  readonly resume: (projection: string) => Promise<void>;
  readonly parked: (projection?: string) => Promise<readonly ParkedReport[]>;
  readonly retryParked: (projection: string, stream?: string) => Promise<number>;
  readonly dropParked: (drop: ParkedDrop) => Promise<ParkedReport | undefined>;
  readonly close: () => Promise<void>;
}

/** Opens the operators' side. Needs a database that a projector has prepared. */
export function openProjectionOps({ databaseUrl, source }: ProjectionOpsOptions): ProjectionOps {
  const pool = new pg.Pool({ ...connectionConfig(databaseUrl, 'stemma-ops'), max: 3 });
  pool.on('error', () => undefined);
  const using = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  };
  return {
    status: () => using((sql) => reportBuilds(sql, source)),
    ask: (kind, projections, askedBy, options = {}) =>
      using((sql) => askForJob(sql, { kind, projections, options, askedBy })),
    job: (id) => using((sql) => findJob(sql, id)),
    jobs: () => using((sql) => listJobs(sql)),
    waitForJob: (id, signal, onProgress) => waitForJob(databaseUrl, id, signal, onProgress),
    abort: (projections) => using((sql) => abortJobs(sql, projections)),
    pause: (projection, by) => using((sql) => setPause(sql, PAUSE, [projection, by])),
    resume: (projection) => using((sql) => setPause(sql, RESUME, [projection])),
    parked: (projection) => using((sql) => listParked(sql, projection)),
    retryParked: (projection, stream) => using((sql) => retryParked(sql, projection, stream)),
    dropParked: (drop) => using((sql) => dropParked(sql, source, drop)),
    close: () => pool.end(),
  };
}

const PAUSE = 'INSERT INTO stemma.pauses (projection, paused_by) VALUES ($1, $2) ON CONFLICT DO NOTHING';
const RESUME = 'DELETE FROM stemma.pauses WHERE projection = $1';

const setPause = (sql: Sql, statement: string, values: readonly string[]): Promise<void> =>
  inTransaction(sql, 'stemma_writer', async () => {
    await sql.query(statement, values);
    await sql.query("SELECT pg_notify('stemma_control', '')");
  });

import { randomUUID } from 'node:crypto';
import type { BuildRef } from '../database/names.js';
import { inTransaction, type Sql } from '../database/connect.js';
import { openPool } from '../database/open-pool.js';
import { askForJob, type JobKind, type JobOptions } from '../jobs/job.js';
import type { LogStore } from '../log/ensure-log.js';
import type { EventSource } from '../log/event-source.js';
import type { OperatorAct } from '../log/ops-events.js';
import { type OpsMetadata, readActs, type RecordedAct, recordInLog } from '../log/ops-log.js';
import { translated } from '../reading/translated.js';
import { type CertificateReport, listCertificates } from './certificate-reports.js';
import { abortJobs, findJob, type JobReport, listJobs } from './job-reports.js';
import { dropParked, listParked, type ParkedDrop, type ParkedReport, retryParked } from './parked-streams.js';
import { type BuildReport, listRefs, reportBuilds } from './projection-reports.js';
import { openRates } from './rates.js';
import { waitForJob } from './wait-for-job.js';

export interface ProjectionOpsOptions {
  readonly databaseUrl: string;
  readonly source: EventSource & LogStore;
}

/** What operators can do about projections. A projector does it; here it is asked for and reported. */
export interface ProjectionOps {
  /** Has the log say who did it, before it is done: not one of those here does so by itself, but for `dropParked`. */
  readonly record: (act: OperatorAct, metadata: OpsMetadata, eventId: string) => Promise<void>;
  /** What operators did and what was proven, the newest first: from the log, so also what Postgres has lost. At most 4 MB. */
  readonly acts: (limit: number) => Promise<readonly RecordedAct[]>;
  /** Every build, with lag, position, parked streams and the last proof. */
  readonly status: () => Promise<readonly BuildReport[]>;
  /** Which builds there are, without looking at the log. */
  readonly builds: () => Promise<readonly BuildRef[]>;
  /** Returns the id of the job: `id` when one is given, for whom it was asked for before. */
  readonly ask: (
    kind: JobKind,
    projections: readonly string[],
    by: string,
    options?: JobOptions,
    id?: string,
  ) => Promise<string>;
  readonly job: (id: string) => Promise<JobReport | undefined>;
  /** The newest first. */
  readonly jobs: (limit?: number) => Promise<readonly JobReport[]>;
  /** The newest first; of one projection, or of all. */
  readonly certificates: (options?: {
    readonly projection?: string | undefined;
    readonly limit?: number | undefined;
  }) => Promise<readonly CertificateReport[]>;
  /** Resolves when the job has ended, by notification; rejects when the signal aborts. */
  readonly waitForJob: (
    id: string,
    signal: AbortSignal,
    onProgress?: (report: JobReport) => void,
  ) => Promise<JobReport>;
  /** Ends jobs of these projections that wait or run. Returns how many there were. */
  readonly abort: (projections: readonly string[], by: string) => Promise<number>;
  /** Lets a projection, all builds of it, stand still. Who paused it first stays named. */
  readonly pause: (projection: string, by: string) => Promise<void>;
  readonly resume: (projection: string) => Promise<void>;
  /** Of the builds that are read; of one projection, or of all. */
  readonly parked: (projection?: string) => Promise<readonly ParkedReport[]>;
  readonly retryParked: (projection: string, stream?: string) => Promise<number>;
  readonly dropParked: (drop: ParkedDrop) => Promise<ParkedReport | undefined>;
  readonly close: () => Promise<void>;
}

/**
 * Opens the operators' side; nothing is connected before the first question. Each throws `ReadModelUnavailable` while
 * Postgres is away, and `NotYetVisible` while no projector has prepared the database.
 */
export function openProjectionOps({ databaseUrl, source }: ProjectionOpsOptions): ProjectionOps {
  const pool = openPool({ databaseUrl, name: 'stemma-ops', maxConnections: 3 });
  const connected = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  };
  const using = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => connected(work).catch(translated);
  const rates = openRates();
  return {
    record: (act, metadata, eventId) => recordInLog(source, act, metadata, eventId),
    acts: (limit) => readActs(source, limit),
    status: () => using(async (sql) => reportBuilds(sql, source, await rates(sql))),
    builds: () => using(listRefs),
    ask: async (kind, projections, askedBy, options = {}, id = randomUUID()) => {
      await using((sql) => askForJob(sql, { id, kind, projections, options, askedBy }));
      return id;
    },
    job: (id) => using((sql) => findJob(sql, id)),
    jobs: (limit) => using((sql) => listJobs(sql, limit)),
    certificates: (options = {}) => using((sql) => listCertificates(sql, options)),
    waitForJob: (id, signal, onProgress) => waitForJob(databaseUrl, id, signal, onProgress),
    abort: (projections, by) => using((sql) => abortJobs(sql, projections, by)),
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

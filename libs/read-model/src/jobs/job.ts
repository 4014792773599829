import { inTransaction, type Sql } from '../database/connect.js';
import type { BuildRef } from '../database/names.js';

/**
 * `rebuild`: a new build beside the one that is read, proven equal to it and swapped in. `verify`: a throw-away one, only
 * compared. `swap`: reads another complete build. `rollback`: the one that was read before. `drop`: removes complete builds
 * that are not read.
 */
export type JobKind = 'rebuild' | 'verify' | 'swap' | 'rollback' | 'drop';

export interface JobOptions {
  /** rebuild: whether to read the new build once it is proven. */
  readonly swap?: boolean;
  /** rebuild, swap: although streams are parked, which are left out of the comparison. */
  readonly acceptParked?: boolean;
  /** rebuild, swap: although the new rows differ from those that are read, because those are wrong. */
  readonly acceptDifferences?: boolean;
  /** swap, drop: which build; else the newest that fits, or all. */
  readonly build?: number;
  /** drop: all builds of a version that this release does not read, with its views. */
  readonly version?: number;
}

export type JobState = 'queued' | 'running' | 'done' | 'refused' | 'aborted';

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly projections: readonly string[];
  readonly options: JobOptions;
  readonly askedBy: string;
  readonly state: JobState;
}

/** A build that a job is about to touch. */
export interface ChosenBuild extends BuildRef {
  /** swap, rollback: the one that was read until then. */
  readonly instead?: number;
}

/** What a job came to. */
export interface JobResult {
  /** What it made, compared, swapped to or dropped. */
  readonly builds: readonly { readonly projection: string; readonly build: number }[];
}

/** What is kept of its end; with why it was refused. */
export type JobEnd = JobResult & { readonly reason?: string };

/** A job that is not over: it is to be done, or it is done and the log does not say so yet. */
export interface OpenJob extends Job {
  /** What it chose before it touched anything; null until then. */
  readonly chosen: readonly ChosenBuild[] | null;
  /** Null until it is done or refused. */
  readonly end: { readonly state: 'done' | 'refused'; readonly result: JobEnd } | null;
}

/** How far a job is, for people. */
export interface JobProgress {
  readonly step: string;
  readonly position: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Null when it cannot be told. */
  readonly secondsLeft: number | null;
}

export const JOB_COLUMNS = 'id, kind, projections, options, asked_by, state';

export const jobIn = (row: Record<string, unknown>): Job => ({
  id: String(row['id']),
  kind: row['kind'] as JobKind,
  projections: row['projections'] as readonly string[],
  options: row['options'] as JobOptions,
  askedBy: String(row['asked_by']),
  state: row['state'] as JobState,
});

/** Asks for a job; a projector does it, one after the other. An id that was asked for before stays the job it is. */
export async function askForJob(
  sql: Sql,
  { id, kind, projections, options, askedBy }: Omit<Job, 'state'>,
): Promise<void> {
  await inTransaction(sql, 'stemma_writer', async () => {
    await sql.query(
      `INSERT INTO stemma.jobs (id, kind, projections, options, asked_by) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (id) DO NOTHING`,
      [id, kind, projections, JSON.stringify(options), askedBy],
    );
    await sql.query("SELECT pg_notify('stemma_control', '')");
  });
}

const IS_ENDED = "state IN ('done', 'refused')";

/**
 * The job to go on with: one whose end is not told yet, one that was begun and left, or the oldest that waits, among those
 * that these projections can do.
 */
export async function nextJob(sql: Sql, known: readonly string[]): Promise<OpenJob | undefined> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(
      `SELECT ${JOB_COLUMNS}, chosen, result, ${IS_ENDED} AS is_ended FROM stemma.jobs
       WHERE ended_at IS NULL AND (${IS_ENDED} OR projections <@ $1 OR kind = 'drop' AND options ? 'version')
       ORDER BY is_ended DESC, state DESC, asked_at LIMIT 1`,
      [known],
    ),
  );
  const [row] = rows;
  return row && openJobIn(row);
}

function openJobIn(row: Record<string, unknown>): OpenJob {
  const end = { state: row['state'] as 'done' | 'refused', result: row['result'] as JobEnd };
  return {
    ...jobIn(row),
    chosen: row['chosen'] as OpenJob['chosen'],
    end: row['is_ended'] === true ? end : null,
  };
}

/** False when it was aborted meanwhile. */
export async function beginJob(sql: Sql, { id }: Job): Promise<boolean> {
  const { rowCount } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(
      `UPDATE stemma.jobs SET state = 'running', started_at = coalesce(started_at, now())
       WHERE id = $1 AND state IN ('queued', 'running')`,
      [id],
    ),
  );
  return rowCount === 1;
}

export async function noteProgress(sql: Sql, { id }: Job, progress: JobProgress): Promise<void> {
  await inTransaction(sql, 'stemma_writer', () =>
    sql.query('UPDATE stemma.jobs SET progress = $2 WHERE id = $1', [id, JSON.stringify(progress)]),
  );
}

/** What it is going to touch, before it does: who takes the job up again chooses the same. */
export async function keepChosen(sql: Sql, { id }: Job, chosen: readonly ChosenBuild[]): Promise<void> {
  await inTransaction(sql, 'stemma_writer', () =>
    sql.query('UPDATE stemma.jobs SET chosen = $2 WHERE id = $1', [id, JSON.stringify(chosen)]),
  );
}

/** What it came to: from now on it is never done again. A job that was aborted meanwhile stays so. */
export async function keepEnd(
  sql: Sql,
  { id }: Job,
  state: 'done' | 'refused',
  result: JobEnd,
): Promise<void> {
  await inTransaction(sql, 'stemma_writer', () =>
    sql.query(`UPDATE stemma.jobs SET state = $2, result = $3 WHERE id = $1 AND state = 'running'`, [
      id,
      state,
      JSON.stringify(result),
    ]),
  );
}

/** The job is over, for all who wait for it: the log says what it came to. */
export async function endJob(sql: Sql, { id }: Job): Promise<void> {
  await inTransaction(sql, 'stemma_writer', async () => {
    await sql.query('UPDATE stemma.jobs SET ended_at = now() WHERE id = $1', [id]);
    await sql.query("SELECT pg_notify('stemma_jobs', $1)", [id]);
  });
}

export async function isAborted(sql: Sql, { id }: Job): Promise<boolean> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query('SELECT state FROM stemma.jobs WHERE id = $1', [id]),
  );
  return rows[0]?.['state'] === 'aborted';
}

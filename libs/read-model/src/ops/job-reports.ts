import { inTransaction, type Sql } from '../database/connect.js';
import { type Job, JOB_COLUMNS, jobIn, type JobProgress } from '../jobs/job.js';

/** A job with what came of it so far. */
export interface JobReport extends Job {
  readonly askedAt: string;
  readonly startedAt: string | null;
  /** Null as well while it is done or refused and the log does not say so yet. */
  readonly endedAt: string | null;
  /** While it runs. */
  readonly progress: JobProgress | null;
  /** What it made, or `reason` why it was refused; null until it ended. */
  readonly result: Readonly<Record<string, unknown>> | null;
}

const REPORT = `${JOB_COLUMNS}, asked_at, started_at, ended_at, progress, result`;

const reportIn = (row: Record<string, unknown>): JobReport => ({
  ...jobIn(row),
  askedAt: String(row['asked_at']),
  startedAt: row['started_at'] as string | null,
  endedAt: row['ended_at'] as string | null,
  progress: row['progress'] as JobProgress | null,
  result: row['result'] as JobReport['result'],
});

/** The newest jobs first. */
export async function listJobs(sql: Sql, limit = 50): Promise<readonly JobReport[]> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(`SELECT ${REPORT} FROM stemma.jobs ORDER BY asked_at DESC LIMIT $1`, [limit]),
  );
  return rows.map(reportIn);
}

export async function findJob(sql: Sql, id: string): Promise<JobReport | undefined> {
  const { rows } = await inTransaction(sql, 'stemma_writer', () =>
    sql.query(`SELECT ${REPORT} FROM stemma.jobs WHERE id = $1`, [id]),
  );
  return rows[0] && reportIn(rows[0]);
}

/** Ends jobs of these projections that wait or run; what they half made is removed. Returns how many there were. */
export async function abortJobs(sql: Sql, projections: readonly string[], by: string): Promise<number> {
  return inTransaction(sql, 'stemma_writer', async () => {
    const { rows } = await sql.query(
      `UPDATE stemma.jobs SET state = 'aborted', ended_at = now(), result = $2
       WHERE state IN ('queued', 'running') AND projections && $1 RETURNING id`,
      [projections, JSON.stringify({ reason: `Aborted by ${by}.`, abortedBy: by })],
    );
    await sql.query("SELECT pg_notify('stemma_control', '')");
    for (const { id } of rows) await sql.query("SELECT pg_notify('stemma_jobs', $1)", [String(id)]);
    return rows.length;
  });
}

import { withClient } from '../database/connect.js';
import { openBell } from '../waiting/bell.js';
import { untilAborted } from '../waiting/until-aborted.js';
import { findJob, type JobReport } from './job-reports.js';

/** How often the progress is looked at; the end is announced. */
const EVERY_MS = 1_000;

/** Waits for the end of a job, by notification. @throws an error for a job that does not exist */
export async function waitForJob(
  databaseUrl: string,
  id: string,
  signal: AbortSignal,
  onProgress?: (report: JobReport) => void,
): Promise<JobReport> {
  return withClient(databaseUrl, 'stemma-ops job', async (client) => {
    const bell = openBell();
    const ring = () => bell.ring();
    client.on('notification', ring);
    client.on('end', ring);
    const timer = setInterval(ring, EVERY_MS);
    try {
      await client.query('LISTEN stemma_jobs');
      for (;;) {
        const next = bell.next;
        const report = await findJob(client, id);
        if (!report) throw new Error(`There is no job ${id}.`);
        if (report.endedAt !== null) return report;
        onProgress?.(report);
        await untilAborted(next, signal);
      }
    } finally {
      clearInterval(timer);
    }
  });
}

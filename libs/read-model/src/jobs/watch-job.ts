import { withClient } from '../database/connect.js';
import type { Engine } from '../live/keep-build.js';
import type { Bell } from '../waiting/bell.js';
import { untilAborted } from '../waiting/until-aborted.js';
import { isAborted, type Job, type JobProgress, noteProgress } from './job.js';

export interface WatchedJob {
  readonly engine: Engine;
  readonly job: Job;
  /** Rings when jobs may have been aborted. */
  readonly wake: Bell;
  /** Aborted when the job was. */
  readonly aborted: AbortController;
  readonly progress: () => JobProgress;
}

const EVERY_MS = 1_000;

/** Notes the progress of a job every second and notices that it was aborted, on a connection of its own. */
export function watchJob(watched: WatchedJob): { readonly stop: () => Promise<void> } {
  const { engine } = watched;
  const ended = new AbortController();
  const watching = withClient(engine.databaseUrl, 'stemma-projector job watch', async (sql) => {
    while (!ended.signal.aborted) {
      const { job, wake, aborted, progress } = watched;
      const woken = Promise.race([wake.next, tick(ended.signal)]);
      if (await isAborted(sql, job)) return aborted.abort(new Error('aborted by an operator'));
      await noteProgress(sql, job, progress());
      await untilAborted(woken, ended.signal).catch(() => undefined);
    }
  }).catch((error: unknown) => engine.log.warn({ err: error }, 'the progress of a job is not noted'));
  return {
    stop: async () => {
      ended.abort();
      await watching;
    },
  };
}

const tick = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, EVERY_MS);
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess } from './process-identity.js';
import { waitUntil } from './wait-until.js';

function pidOf(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

const runsOn = (pid: number, dataDir: string): boolean =>
  identifyProcess(pid)?.command.includes(dataDir) ?? false;

/**
 * Clears what an earlier postmaster of this directory left: one that still runs is stopped (its supervisor is gone,
 * or we would not hold the lock); a pid file whose number now belongs to another program is removed, because
 * PostgreSQL would take that program for itself and refuse to start.
 */
export async function clearLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const pid = pidOf(pidFile);
  if (pid !== undefined && runsOn(pid, dataDir)) {
    process.kill(pid, 'SIGINT');
    await waitUntil(`the end of an earlier PostgreSQL (pid ${pid}) on ${dataDir}`, () =>
      runsOn(pid, dataDir) ? Promise.reject(new Error('it still runs')) : Promise.resolve(),
    );
  }
  rmSync(pidFile, { force: true });
}

import { type connectRedis, sayAlive, sayReport, type WorkerReport } from '@stemma/queue';
import type { Runner } from '@stemma/runner';
import type { ActiveRuns } from './active-runs.js';
import type { Admission } from './admission.js';
import type { WorkerIdentity } from './worker-identity.js';

export interface BeatParts {
  readonly identity: WorkerIdentity;
  readonly concurrency: number;
  readonly perTenant: number;
  readonly active: ActiveRuns;
  readonly admission: Admission;
  readonly runner: Pick<Runner, 'poolState' | 'listContainers'>;
  readonly clock: () => number;
}

/** Says that this worker lives, then what it does: the first must not wait for the engine. */
export async function beat(redis: ReturnType<typeof connectRedis>, parts: BeatParts): Promise<void> {
  const { identity, concurrency, perTenant, active, admission, runner, clock } = parts;
  await sayAlive(redis, identity.id, clock());
  await sayReport(redis, {
    workerId: identity.id,
    at: clock(),
    concurrency,
    perTenant,
    executing: [...active.list()],
    waiting: admission.waiting(),
    pool: [...runner.poolState()],
    containers: await containersOfRuns(runner),
  });
}

async function containersOfRuns(runner: Pick<Runner, 'listContainers'>): Promise<WorkerReport['containers']> {
  const found = await runner.listContainers().catch(() => null);
  return found?.flatMap(({ run, workerId }) => (run ? [{ workerId, ...run }] : [])) ?? null;
}

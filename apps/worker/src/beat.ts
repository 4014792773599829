import { type connectRedis, type Presence, sayAlive, sayReport, type WorkerReport } from '@stemma/queue';
import type { Runner } from '@stemma/runner';
import type { ActiveRuns } from './active-runs.js';
import type { Admission } from './admission.js';
import type { Company } from './company.js';
import type { WorkerIdentity } from './worker-identity.js';

export interface BeatParts {
  readonly identity: WorkerIdentity;
  readonly concurrency: number;
  readonly perTenant: number;
  readonly active: ActiveRuns;
  readonly admission: Admission;
  readonly runner: Pick<Runner, 'poolState' | 'listContainers'>;
  readonly company: Company;
  readonly readPresence: () => Promise<Presence>;
  readonly clock: () => number;
}

/** Says that this worker lives, looks who else does, then says what it does: the first must not wait for the engine. */
export async function beat(redis: ReturnType<typeof connectRedis>, parts: BeatParts): Promise<void> {
  const { identity, concurrency, perTenant, active, admission, runner, clock } = parts;
  await sayAlive(redis, identity.id, clock());
  parts.company.look(await parts.readPresence());
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

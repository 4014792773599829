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

/**
 * Says that this worker lives, then looks who else does and says what it does: the first must not wait for the engine,
 * and neither of the others for the other. Rejects, after all was tried, with the first fault.
 */
export async function beat(redis: ReturnType<typeof connectRedis>, parts: BeatParts): Promise<void> {
  await sayAlive(redis, parts.identity.id, parts.clock());
  const tried = await Promise.allSettled([lookRound(parts), report(redis, parts)]);
  for (const each of tried) if (each.status === 'rejected') throw each.reason;
}

const lookRound = async ({ company, readPresence }: BeatParts): Promise<void> =>
  company.look(await readPresence());

async function report(redis: ReturnType<typeof connectRedis>, parts: BeatParts): Promise<void> {
  const { identity, concurrency, perTenant, active, admission, runner, clock } = parts;
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

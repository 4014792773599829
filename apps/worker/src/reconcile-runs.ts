import { outcomeWithoutResult } from '@stemma/commands';
import type { Logger } from '@stemma/observability';
import { type Presence, QueueAway, type RunProducer } from '@stemma/queue';
import type { Runner } from '@stemma/runner';
import type { ActiveRuns } from './active-runs.js';
import type { Admission, Candidate } from './admission.js';
import { enqueue } from './dispatch-runs.js';
import type { UnfinishedRun } from '@stemma/projections/runs';
import { findRemedy } from './find-remedy.js';
import type { SilenceWatch } from './silence.js';
import type { WorkerCommands } from './worker-commands.js';
import type { WorkerIdentity } from './worker-identity.js';

export interface ReconcileParts {
  readonly identity: WorkerIdentity;
  readonly admission: Admission;
  readonly producer: RunProducer;
  readonly active: ActiveRuns;
  readonly runner: Runner;
  readonly commands: WorkerCommands;
  readonly silence: SilenceWatch;
  /** All runs that have not ended, of all tenants, the oldest first. */
  readonly listUnfinished: () => AsyncIterable<UnfinishedRun>;
  readonly readPresence: () => Promise<Presence>;
  readonly maxAttempts: number;
  readonly clock: () => number;
  readonly log: Logger;
}

/**
 * One pass: what the log says must run against what queue, workers and engine do (HAZARDS Q1, D1, T13). Everything it
 * does may be done twice, by two workers, or too late: the run's stream decides what counts.
 */
export async function reconcileRuns(parts: ReconcileParts): Promise<void> {
  parts.silence.look(await parts.readPresence(), parts.clock());
  await sweepContainers(parts);
  for await (const run of parts.listUnfinished()) await reconcileOrTell(parts, run);
}

/** One run must not keep the later ones from being looked at; a Redis that is away would be away for them too. */
async function reconcileOrTell(parts: ReconcileParts, run: UnfinishedRun): Promise<void> {
  try {
    await reconcileRun(parts, run);
  } catch (error) {
    if (error instanceof QueueAway) throw error;
    const { runId, attempt } = run;
    parts.log.warn(
      { err: error, runId, attempt },
      'a run could not be reconciled; the next pass tries again',
    );
  }
}

const isGone = ({ identity, silence }: ReconcileParts, workerId: string): boolean =>
  workerId !== identity.id && (identity.isCertainlyGone(workerId) || silence.isSilent(workerId));

const isLost = (parts: ReconcileParts, workerId: string, runId: string, attempt: number): boolean =>
  workerId === parts.identity.id ? !parts.active.executes(runId, attempt) : isGone(parts, workerId);

async function reconcileRun(parts: ReconcileParts, run: UnfinishedRun): Promise<void> {
  const { tenantId, runId, attempt, worker } = run;
  const sight = {
    mine: parts.active.executes(runId, attempt),
    workerLost: worker !== null && isLost(parts, worker, runId, attempt),
    now: parts.clock(),
  };
  const remedy = findRemedy(run, sight, parts.maxAttempts);
  if (remedy.do === 'enqueue') await putBack(parts, { tenantId, runId, attempt: remedy.attempt });
  if (remedy.do === 'end') await end(parts, run, remedy.as);
}

async function putBack(parts: ReconcileParts, candidate: Candidate): Promise<void> {
  const { admission, active } = parts;
  if (active.executes(candidate.runId, candidate.attempt)) return;
  const turn = admission.request(candidate);
  const isItsTurn = turn.length > 0 || admission.isAdmitted(candidate.tenantId, candidate.runId);
  if (isItsTurn && !(await isQueued(parts, candidate))) await enqueue(parts, [candidate]);
}

/** A job that a worker has taken with it is nobody's. Whoever has put it back by now: it is added once. */
async function isQueued(parts: ReconcileParts, candidate: Candidate): Promise<boolean> {
  const { producer } = parts;
  const job = await producer.find(candidate);
  if (job === null || job.workerId === null || !isGone(parts, job.workerId)) return job !== null;
  await producer.release(candidate, job.workerId);
  return false;
}

async function end(
  { commands, log }: ReconcileParts,
  run: UnfinishedRun,
  as: 'cancelled' | 'worker-lost',
): Promise<void> {
  const outcome =
    as === 'cancelled'
      ? outcomeWithoutResult('cancelled', 'cancel-requested', 'Cancelled; its worker went away meanwhile.')
      : outcomeWithoutResult(
          'failed',
          'worker-lost',
          `Attempt ${run.attempt} was lost with its worker, as those before it.`,
        );
  log.warn({ runId: run.runId, attempt: run.attempt, as }, 'a run is ended in place of its lost worker');
  await commands.complete(run, { attempt: run.attempt, ...outcome });
}

/** A container whose worker is gone is removed, never adopted. */
async function sweepContainers(parts: ReconcileParts): Promise<void> {
  const { runner, log } = parts;
  for (const container of await containersOf(parts)) {
    const { workerId, run } = container;
    const lost = run ? isLost(parts, workerId, run.runId, run.attempt) : isGone(parts, workerId);
    if (!lost) continue;
    log.warn(
      { container: container.id, workerId, runId: run?.runId },
      'a container without a worker is removed',
    );
    await runner
      .removeContainer(container.id)
      .catch((error: unknown) =>
        log.warn({ err: error }, 'it could not be removed; the next pass tries again'),
      );
  }
}

async function containersOf({ runner, log }: ReconcileParts): ReturnType<Runner['listContainers']> {
  try {
    return await runner.listContainers();
  } catch (error) {
    log.warn({ err: error }, 'the container engine is away; runs wait');
    return [];
  }
}

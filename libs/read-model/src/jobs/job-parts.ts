import type { Build } from '../database/builds.js';
import { listBuilds } from '../database/builds.js';
import { inTransaction, type Sql } from '../database/connect.js';
import type { Engine } from '../live/keep-build.js';
import { asWriter, type WriterSession } from '../live/writer-session.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';
import { type ChosenBuild, type JobResult, keepChosen, type OpenJob } from './job.js';

/** What a job is done with. */
export interface JobParts {
  readonly engine: Engine;
  readonly projections: readonly Projection[];
  /** The connection of the one who does jobs. */
  readonly sql: Sql;
  readonly job: OpenJob;
  /** Aborts when the job is aborted, or the process stops. */
  readonly signal: AbortSignal;
  /** Says what is being done, and how far it is. */
  readonly onStep: (step: string) => void;
  readonly onPage: (position: bigint, events: number) => void;
}

/** The job cannot be done as asked. */
export class JobRefused extends Refusal {
  override readonly name = 'JobRefused';
  constructor(
    message: string,
    readonly result: JobResult = { builds: [] },
  ) {
    super(message);
  }
}

/** A projection of the job, its builds, and the one that is read. */
export interface JobTarget {
  readonly projection: Projection;
  readonly builds: readonly Build[];
  readonly live: Build;
}

/** @throws JobRefused when one of them is not read by anybody yet */
export async function targetsOf({ projections, sql, job }: JobParts): Promise<readonly JobTarget[]> {
  const wanted = projections.filter(({ name }) => job.projections.includes(name));
  const targets: JobTarget[] = [];
  for (const projection of wanted) {
    const builds = await inTransaction(sql, 'stemma_writer', () => listBuilds(sql, projection));
    const live = builds.find(({ state }) => state === 'live');
    if (!live)
      throw new JobRefused(
        `${projection.name} is still being built for the first time. Try again when it is read.`,
      );
    targets.push({ projection, builds, live });
  }
  return targets;
}

/**
 * The builds that the job is about. They are chosen once: a job that is taken up again, when it has swapped or dropped some
 * of them already, would else find others.
 */
export async function chosenBy(
  { sql, job }: JobParts,
  choose: () => Promise<readonly ChosenBuild[]>,
): Promise<readonly ChosenBuild[]> {
  if (job.chosen) return job.chosen;
  const chosen = await choose();
  await keepChosen(sql, job, chosen);
  return chosen;
}

/** Runs `work` as the one writer of each of these builds. */
export async function asWriterOfAll<T>(
  { engine, signal }: Pick<JobParts, 'engine' | 'signal'>,
  builds: readonly Build[],
  work: (sessions: readonly WriterSession[]) => Promise<T>,
): Promise<T> {
  const [first, ...rest] = builds;
  if (!first) return work([]);
  return asWriter(engine.databaseUrl, first, signal, (session) =>
    asWriterOfAll({ engine, signal: session.signal }, rest, (sessions) => work([session, ...sessions])),
  );
}

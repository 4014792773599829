import type { RunFinding } from '@stemma/contracts';
import type { UnfinishedRun } from '@stemma/projections/runs';
import type { HeldJob, WorkerReport } from '@stemma/queue';

/** What is seen of runs, at one moment, in the places where they are carried out. */
export interface PlacesSeen {
  readonly jobs: readonly HeldJob[];
  readonly reports: readonly WorkerReport[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Compares them with the runs of the log one by one, for there may be many, and holds only those that it must. */
export interface RunsJudge {
  /** Each that has not ended, of all tenants, the oldest first. */
  readonly consider: (run: UnfinishedRun) => void;
  /** How many there have been. */
  readonly considered: () => number;
  readonly findings: () => readonly RunFinding[];
}

/** Two beats and a bit: one may be late. */
const FRESH_MS = 15_000;
/** What has just happened is on its way to the other places. */
const ON_ITS_WAY_MS = 3_000;
/** Of one kind; the next look finds more, when these are mended. */
const MOST_OF_A_KIND = 1_000;

export const isAlive = ({ at }: WorkerReport, now: number): boolean => now - at < FRESH_MS;

/** What is out of step between log, queue, workers and containers. Does nothing but judge. */
export function openRunsJudge(seen: PlacesSeen): RunsJudge {
  const alive = seen.reports.filter((report) => isAlive(report, seen.now));
  const containers = containersSeen(seen);
  const named = new Set([...seen.jobs, ...containers].map(({ runId }) => runId));
  const runs = new Map<string, UnfinishedRun>();
  const pending = openPendingJudge(seen, alive);
  const running: RunFinding[] = [];
  let considered = 0;
  return {
    consider(run) {
      considered += 1;
      if (named.has(run.runId)) runs.set(run.runId, run);
      pending.consider(run);
      if (running.length < MOST_OF_A_KIND) running.push(...judgeRunning(run, seen, alive));
    },
    considered: () => considered,
    findings: () => [
      ...judgeWorkers(considered, alive),
      ...pending.findings(),
      ...running,
      ...judgeJobs(runs, seen),
      ...judgeContainers(runs, containers, alive),
    ],
  };
}

const nothing = { tenantId: null, runId: null, attempt: null, workerId: null, sha256: null };

export const finding = (
  kind: RunFinding['kind'],
  says: string,
  mends: string,
  of: Partial<RunFinding> = {},
): RunFinding => ({ ...nothing, ...of, kind, says, mends });

function judgeWorkers(unfinished: number, alive: readonly WorkerReport[]): readonly RunFinding[] {
  if (alive.length > 0 || unfinished === 0) return [];
  const says = `${unfinished === 1 ? 'One run has' : `${unfinished} runs have`} not ended, and no worker has said anything for 15 seconds.`;
  return [finding('no-worker', says, 'Nothing: start a worker. It looks after all of them at its start.')];
}

const keyOf = ({ runId, attempt }: { readonly runId: string; readonly attempt: number }): string =>
  `${runId}-${attempt}`;

/** When the run became due; NaN never happens to a row. */
const dueAt = ({ failedAt, retryAfterMs, requestedAt }: UnfinishedRun): number =>
  failedAt === null ? Date.parse(requestedAt) : Date.parse(failedAt) + (retryAfterMs ?? 0);

interface Lane {
  /** How many of the tenant's runs have a place. */
  placed: number;
  /** The first that wait and have none, no more than could have one. */
  readonly due: UnfinishedRun[];
}

/** Of each tenant as many as have a place must be in the queue; the others wait for their turn. */
function openPendingJudge({ jobs, now }: PlacesSeen, alive: readonly WorkerReport[]) {
  const held = new Set(jobs.map(keyOf));
  const places = alive.length === 0 ? MOST_OF_A_KIND : Math.max(...alive.map(({ perTenant }) => perTenant));
  const lanes = new Map<string, Lane>();
  const isHeld = (run: UnfinishedRun): boolean => held.has(keyOf({ ...run, attempt: run.attempt + 1 }));
  return {
    consider(run: UnfinishedRun): void {
      const lane = lanes.get(run.tenantId) ?? { placed: 0, due: [] };
      lanes.set(run.tenantId, lane);
      if (run.status === 'running' || isHeld(run)) lane.placed += 1;
      else if (now - dueAt(run) > ON_ITS_WAY_MS && lane.due.length < places) lane.due.push(run);
    },
    findings: (): readonly RunFinding[] =>
      [...lanes.values()]
        .flatMap(({ placed, due }) => due.slice(0, Math.max(0, places - placed)))
        .slice(0, MOST_OF_A_KIND)
        .map(withoutJob),
  };
}

function withoutJob({ tenantId, runId, attempt, failedAt }: UnfinishedRun): RunFinding {
  const of = { tenantId, runId, attempt: attempt + 1 };
  return failedAt === null
    ? finding('run-without-job', 'It waits, and the queue does not know of it.', 'A worker puts it back.', of)
    : finding(
        'retry-lost',
        'Its pause is over, and its retry is not in the queue.',
        'A worker puts it back.',
        of,
      );
}

function judgeRunning(
  run: UnfinishedRun,
  { now }: PlacesSeen,
  alive: readonly WorkerReport[],
): readonly RunFinding[] {
  const { tenantId, runId, attempt, worker, startedAt } = run;
  if (run.status !== 'running') return [];
  const of = { tenantId, runId, attempt, workerId: worker };
  const report = alive.find(({ workerId }) => workerId === worker);
  const mends =
    'A worker starts its next attempt, or ends it as lost, when its worker has been silent for two passes.';
  if (!report) {
    const says = `It runs, but its worker ${worker ?? '?'} has been silent for 15 seconds.`;
    return now - Date.parse(startedAt ?? '') > FRESH_MS
      ? [finding('run-without-worker', says, mends, of)]
      : [];
  }
  if (report.at - Date.parse(startedAt ?? '') < ON_ITS_WAY_MS) return [];
  if (!report.executing.some((one) => keyOf(one) === keyOf(run))) {
    return [finding('run-without-worker', `It runs, but its worker does not know of it.`, mends, of)];
  }
  if (report.containers === null || report.containers.some((one) => keyOf(one) === keyOf(run))) return [];
  const says = 'Its worker holds it, but its container is gone.';
  return [
    finding('run-without-container', says, 'Its worker sees the end of the container and ends it.', of),
  ];
}

type Runs = ReadonlyMap<string, UnfinishedRun>;

function judgeJobs(runs: Runs, { jobs, now }: PlacesSeen): readonly RunFinding[] {
  return jobs.flatMap((job) => {
    const { tenantId, runId, attempt, state, addedAt } = job;
    const run = runs.get(runId);
    const wanted = run !== undefined && attempt >= run.attempt;
    if (wanted || state === 'active' || now - addedAt < ON_ITS_WAY_MS) return [];
    const says = run
      ? `It is of an attempt before ${run.attempt}, the current one.`
      : 'Its run has ended, or never was.';
    return [finding('job-without-run', says, 'The job is removed.', { tenantId, runId, attempt })];
  });
}

type SeenContainer = NonNullable<WorkerReport['containers']>[number];

/** As the living workers see their engines; as the last one saw its own, when none lives. */
function containersSeen({ reports, now }: PlacesSeen): readonly SeenContainer[] {
  const living = reports.filter((report) => isAlive(report, now));
  const looks = (living.length > 0 ? living : reports).flatMap(({ containers }) => containers ?? []);
  return [...new Map(looks.map((one) => [keyOf(one), one])).values()];
}

/** A container may be one attempt ahead of the log: it is made before its start is written. */
function judgeContainers(
  runs: Runs,
  containers: readonly SeenContainer[],
  living: readonly WorkerReport[],
): readonly RunFinding[] {
  const alive = new Set(living.map(({ workerId }) => workerId));
  return containers.flatMap((container) => {
    const { runId, attempt, workerId } = container;
    const run = runs.get(runId);
    if (run !== undefined && attempt >= run.attempt && alive.has(workerId)) return [];
    const says = alive.has(workerId)
      ? 'Its run has ended, or goes on elsewhere.'
      : `Its worker ${workerId} is gone.`;
    const of = { tenantId: run?.tenantId ?? null, runId, attempt, workerId };
    return [finding('container-without-run', says, 'A worker removes it; it is never adopted.', of)];
  });
}

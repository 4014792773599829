import { describe, expect, it } from '@jest/globals';
import type { UnfinishedRun } from '@stemma/projections/runs';
import type { HeldJob, WorkerReport } from '@stemma/queue';
import { openRunsJudge, type PlacesSeen } from './judge-runs.js';

const now = Date.parse('2026-11-21T12:00:00.000Z');
const ago = (seconds: number): number => now - seconds * 1_000;
const iso = (seconds: number): string => new Date(ago(seconds)).toISOString();

const pending = (runId: string, more: Partial<UnfinishedRun> = {}): UnfinishedRun => ({
  ...{ tenantId: 't', runId, status: 'pending', attempt: 0, worker: null, cancelRequested: false },
  ...{ failures: 0, failedAt: null, retryAfterMs: null, requestedAt: iso(60), startedAt: null },
  ...more,
});
const running = (runId: string, worker: string, more: Partial<UnfinishedRun> = {}): UnfinishedRun =>
  pending(runId, { status: 'running', attempt: 1, worker, startedAt: iso(60), ...more });
const job = (runId: string, more: Partial<HeldJob> = {}): HeldJob => ({
  ...{ tenantId: 't', runId, attempt: 1, state: 'waiting', addedAt: ago(30) },
  ...more,
});
const report = (workerId: string, more: Partial<WorkerReport> = {}): WorkerReport => ({
  ...{
    workerId,
    at: ago(2),
    concurrency: 4,
    perTenant: 2,
    waiting: 0,
    executing: [],
    pool: [],
    containers: [],
  },
  ...more,
});

interface Seen extends PlacesSeen {
  readonly unfinished: readonly UnfinishedRun[];
}

function kinds({ unfinished = [], ...places }: Partial<Seen>): readonly string[] {
  const judge = openRunsJudge({ jobs: [], reports: [report('w')], now, ...places });
  unfinished.forEach((run) => judge.consider(run));
  return judge.findings().map(({ kind, runId }) => `${kind} ${runId ?? '–'}`);
}

describe('the doctor of runs', () => {
  it('finds nothing where each run is where the log says', () => {
    const here = [{ runId: 'b', attempt: 1 }];
    const reports = [
      report('w', { executing: here, containers: [{ workerId: 'w', runId: 'b', attempt: 1 }] }),
    ];
    expect(kinds({ unfinished: [pending('a'), running('b', 'w')], jobs: [job('a')], reports })).toEqual([]);
  });

  it('finds a run that waits without a job, of those whose turn it is', () => {
    expect(kinds({ unfinished: [pending('a'), pending('b'), pending('c')], jobs: [job('b')] })).toEqual([
      'run-without-job a',
    ]);
    expect(kinds({ unfinished: [pending('a', { requestedAt: iso(1) })] })).toEqual([]);
  });

  it('finds a retry whose pause is over, and none before', () => {
    const failed = { attempt: 1, failures: 1, failedAt: iso(60) };
    expect(kinds({ unfinished: [pending('a', { ...failed, retryAfterMs: 10_000 })] })).toEqual([
      'retry-lost a',
    ]);
    expect(kinds({ unfinished: [pending('a', { ...failed, retryAfterMs: 90_000 })] })).toEqual([]);
  });

  it('finds a run whose worker is silent, or does not know of it', () => {
    const unfinished = [running('a', 'gone'), running('b', 'w')];
    expect(kinds({ unfinished })).toEqual(['run-without-worker a', 'run-without-worker b']);
    expect(kinds({ unfinished: [running('a', 'w', { startedAt: iso(3) })] })).toEqual([]);
  });

  it('finds a run whose container is gone; an engine that is away says nothing', () => {
    const executing = [{ runId: 'a', attempt: 1 }];
    const unfinished = [running('a', 'w')];
    expect(kinds({ unfinished, reports: [report('w', { executing })] })).toEqual(['run-without-container a']);
    expect(kinds({ unfinished, reports: [report('w', { executing, containers: null })] })).toEqual([]);
  });

  it('finds a job of a run that has ended, or of an attempt that is over', () => {
    const executing = [{ runId: 'b', attempt: 2 }];
    const containers = [{ workerId: 'w', runId: 'b', attempt: 2 }];
    const seen = {
      unfinished: [running('b', 'w', { attempt: 2 })],
      reports: [report('w', { executing, containers })],
    };
    expect(kinds({ ...seen, jobs: [job('a'), job('b')] })).toEqual([
      'job-without-run a',
      'job-without-run b',
    ]);
    expect(kinds({ ...seen, jobs: [job('a', { addedAt: ago(1) }), job('b', { state: 'active' })] })).toEqual(
      [],
    );
  });

  it('D1 finds a container whose run has ended, or whose worker is gone', () => {
    const containers = [
      { workerId: 'w', runId: 'ended', attempt: 1 },
      { workerId: 'gone', runId: 'a', attempt: 1 },
      { workerId: 'w', runId: 'b', attempt: 1 },
    ];
    const unfinished = [running('a', 'gone'), pending('b')];
    expect(kinds({ unfinished, jobs: [job('b')], reports: [report('w', { containers })] })).toEqual([
      'run-without-worker a',
      'container-without-run ended',
      'container-without-run a',
    ]);
  });

  it('says when no worker lives', () => {
    expect(kinds({ unfinished: [pending('a')], reports: [report('w', { at: ago(60) })] })).toEqual([
      'no-worker –',
      'run-without-job a',
    ]);
  });

  it('tells a thousand of a kind of as many as there are, and takes no job of the last one for dead', () => {
    const unfinished = Array.from({ length: 20_000 }, (_, index) => pending(`run-${index}`));
    const last = job('run-19999');
    const found = kinds({ unfinished, jobs: [last, job('gone')], reports: [report('w', { at: ago(60) })] });
    expect(found.filter((one) => one.startsWith('run-without-job'))).toHaveLength(999);
    expect(found.filter((one) => one.startsWith('job-without-run'))).toEqual(['job-without-run gone']);
    const lost = Array.from({ length: 2_000 }, (_, index) => running(`run-${index}`, 'gone'));
    expect(kinds({ unfinished: lost })).toHaveLength(1_000);
  });
});

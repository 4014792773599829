import { type Fact, fold } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { type RunCommand, runDecider } from './run.decider.js';
import type { RunEvent, RunOutcome, RunRequested } from './run.events.js';
import { outcomeWithoutResult } from './run-outcomes.js';

export type RunFact = Fact<RunEvent, Meta>;
export type RunStep = (meta: Meta) => RunCommand;

export const runId = '7b1f3a52-3d1e-5b0a-9c55-0000000000aa';

export const workerMeta: Meta = {
  tenantId: '7b1f3a52-3d1e-5b0a-9c55-000000000001',
  actor: { kind: 'system', id: 'worker-1', via: null },
  at: '2026-11-21T08:00:00.000Z',
};

const blob = { sha256: '0'.repeat(64), size: 2 };

export const requestData: RunRequested['data'] = {
  runId,
  scriptId: '7b1f3a52-3d1e-5b0a-9c55-0000000000bb',
  slug: 'clean-sales',
  versionId: '7b1f3a52-3d1e-5b0a-9c55-0000000000cc',
  number: 1,
  contentHash: 'a'.repeat(64),
  runtime: 'python',
  context: 'production',
  trigger: { kind: 'manual' },
  input: blob,
  files: [],
  limits: { timeoutMs: 120_000, memoryMb: 256, milliCpus: 1000, tmpfsMb: 64 },
};

export const succeeded: RunOutcome = {
  status: 'completed',
  reason: 'returned',
  exitCode: 0,
  output: { kind: 'inline', value: { rows: 3 } },
  error: null,
  artifacts: [{ name: 'summary.csv', ...blob }],
  log: { ...blob, lines: 1, truncated: false },
  durations: { prepareMs: 160, runMs: 40 },
};

export const lost: RunOutcome = outcomeWithoutResult('failed', 'worker-lost', 'The worker went away.');

export const request: RunStep = (meta) => ({ type: 'RequestRun', data: requestData, meta });
export const cancel: RunStep = (meta) => ({ type: 'RequestCancel', data: { reason: null }, meta });

export const start =
  (attempt: number, worker = 'worker-1'): RunStep =>
  (meta) => ({
    type: 'StartRun',
    data: { runId, attempt, worker, imageDigest: 'sha256:1', profile: 'p', limits: { pids: 64 } },
    meta,
  });

export const complete =
  (attempt: number, outcome: RunOutcome = succeeded): RunStep =>
  (meta) => ({ type: 'CompleteRun', data: { attempt, ...outcome }, meta });

export const failed: RunOutcome = {
  ...outcomeWithoutResult('failed', 'script-error', 'It threw.'),
  exitCode: 1,
};

/** A request whose script is tried again so often. */
export const requestWithRetries =
  (max: number): RunStep =>
  (meta) => ({
    type: 'RequestRun',
    data: { ...requestData, retries: { max, backoffSeconds: 10 } },
    meta,
  });

/** What stands in the stream after each of `steps` was decided in turn. */
export function runHistory(...steps: readonly RunStep[]): RunFact[] {
  return steps.reduce<RunFact[]>((facts, step) => {
    const events = runDecider.decide(fold(runDecider, facts), step(workerMeta));
    return [...facts, ...events.map((event) => ({ event, meta: workerMeta }))];
  }, []);
}

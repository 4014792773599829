import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@stemma/observability';
import type { UnfinishedRun } from '@stemma/projections/runs';
import { QueueAway, type RunProducer } from '@stemma/queue';
import { openActiveRuns } from './active-runs.js';
import { openAdmission } from './admission.js';
import { type ReconcileParts, reconcileRuns } from './reconcile-runs.js';
import { watchSilence } from './silence.js';

const pending = (runId: string): UnfinishedRun => ({
  ...{ tenantId: 'tenant', runId, status: 'pending', attempt: 0, failures: 0, worker: null },
  ...{ cancelRequested: false, failedAt: null, retryAfterMs: null, startedAt: null },
  requestedAt: '2026-11-21T08:00:00.000Z',
});

/** One pass over runs a, b and c, where the queue answers for b with `fault`. */
function pass(fault: Error): { readonly ended: Promise<void>; readonly queued: readonly string[] } {
  const queued: string[] = [];
  const producer = {
    find: ({ runId }: { readonly runId: string }) =>
      runId === 'b' ? Promise.reject(fault) : Promise.resolve(null),
    add: ({ runId }: { readonly runId: string }) => Promise.resolve(void queued.push(runId)),
  } as unknown as RunProducer;
  const ended = reconcileRuns({
    identity: { id: 'me', isCertainlyGone: () => false },
    admission: openAdmission(10),
    active: openActiveRuns(),
    silence: watchSilence(),
    runner: { listContainers: () => Promise.resolve([]) } as unknown as ReconcileParts['runner'],
    commands: {} as unknown as ReconcileParts['commands'],
    async *listUnfinished() {
      yield* await Promise.resolve(['a', 'b', 'c'].map(pending));
    },
    readPresence: () => Promise.resolve(new Map()),
    maxAttempts: 3,
    clock: () => 0,
    log: createLogger({ name: 'spec', level: 'silent' }),
    producer,
  });
  return { ended, queued };
}

describe('a pass of the reconciler', () => {
  it('goes on behind a run that cannot be reconciled', async () => {
    const { ended, queued } = pass(new Error('Missing key for job b'));
    await ended;
    expect(queued).toEqual(['a', 'c']);
  });

  it('ends when the queue is away: it would be for the later runs too', async () => {
    const { ended, queued } = pass(new QueueAway('away'));
    await expect(ended).rejects.toThrow(QueueAway);
    expect(queued).toEqual(['a']);
  });
});

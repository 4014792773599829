import { describe, expect, it } from '@jest/globals';
import type { UnfinishedRun } from '@stemma/projections/runs';
import { findRemedy } from './find-remedy.js';

const run: UnfinishedRun = {
  tenantId: 't',
  runId: 'r',
  status: 'running',
  attempt: 1,
  worker: 'w',
  cancelRequested: false,
  failures: 0,
  failedAt: null,
  retryAfterMs: null,
  requestedAt: '2026-11-21T08:00:00.000Z',
  startedAt: null,
};
const now = Date.parse('2026-11-21T08:00:00.000Z');
const lost = { mine: false, workerLost: true, now };

describe('what is done about a run that has not ended', () => {
  it('Q1 one that never started is put back', () =>
    expect(
      findRemedy(
        { ...run, status: 'pending', attempt: 0, worker: null },
        { mine: false, workerLost: false, now },
        3,
      ),
    ).toEqual({
      do: 'enqueue',
      attempt: 1,
    }));

  it('one whose worker lives is left alone, here or elsewhere', () => {
    expect(findRemedy(run, { mine: true, workerLost: false, now }, 3)).toEqual({ do: 'nothing' });
    expect(findRemedy(run, { mine: false, workerLost: false, now }, 3)).toEqual({ do: 'nothing' });
  });

  it('T13 one whose worker is lost gets the next attempt, a bounded number of times', () => {
    expect(findRemedy(run, lost, 3)).toEqual({ do: 'enqueue', attempt: 2 });
    expect(findRemedy({ ...run, attempt: 3 }, lost, 3)).toEqual({ do: 'end', as: 'worker-lost' });
  });

  it('one that failed waits for its retry, and its failures are not counted as losses', () => {
    const failed = {
      ...run,
      status: 'pending' as const,
      worker: null,
      failures: 1,
      failedAt: '2026-11-21T07:59:59.000Z',
    };
    const sight = { mine: false, workerLost: false, now };
    expect(findRemedy({ ...failed, retryAfterMs: 1_001 }, sight, 3)).toEqual({ do: 'nothing' });
    expect(findRemedy({ ...failed, retryAfterMs: 999 }, sight, 3)).toEqual({
      do: 'enqueue',
      attempt: 2,
    });
    expect(findRemedy({ ...run, attempt: 3, failures: 1 }, lost, 3)).toEqual({ do: 'enqueue', attempt: 4 });
  });

  it('T12 one that was cancelled and lost its worker ends cancelled', () =>
    expect(findRemedy({ ...run, cancelRequested: true }, lost, 3)).toEqual({ do: 'end', as: 'cancelled' }));
});

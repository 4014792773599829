import { describe, expect, it } from '@jest/globals';
import type { UnfinishedRun } from '@stemma/projections/runs';
import { judgeRun } from './judge-run.js';

const run: UnfinishedRun = {
  tenantId: 't',
  runId: 'r',
  status: 'running',
  attempt: 1,
  worker: 'w',
  cancelRequested: false,
};
const lost = { mine: false, workerLost: true };

describe('what is done about a run that has not ended', () => {
  it('Q1 one that never started is put back', () =>
    expect(
      judgeRun(
        { ...run, status: 'pending', attempt: 0, worker: null },
        { mine: false, workerLost: false },
        3,
      ),
    ).toEqual({
      do: 'enqueue',
      attempt: 1,
    }));

  it('one whose worker lives is left alone, here or elsewhere', () => {
    expect(judgeRun(run, { mine: true, workerLost: false }, 3)).toEqual({ do: 'nothing' });
    expect(judgeRun(run, { mine: false, workerLost: false }, 3)).toEqual({ do: 'nothing' });
  });

  it('T13 one whose worker is lost gets the next attempt, a bounded number of times', () => {
    expect(judgeRun(run, lost, 3)).toEqual({ do: 'enqueue', attempt: 2 });
    expect(judgeRun({ ...run, attempt: 3 }, lost, 3)).toEqual({ do: 'end', as: 'worker-lost' });
  });

  it('T12 one that was cancelled and lost its worker ends cancelled', () =>
    expect(judgeRun({ ...run, cancelRequested: true }, lost, 3)).toEqual({ do: 'end', as: 'cancelled' }));
});

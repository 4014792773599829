import type { UnfinishedRun } from '@stemma/projections/runs';

/** What is seen of it besides. */
export interface Sight {
  /** This worker executes its current attempt. */
  readonly mine: boolean;
  /** Its worker is certainly gone, or has been silent for two passes. */
  readonly workerLost: boolean;
}

export type Verdict =
  | { readonly do: 'nothing' }
  | { readonly do: 'enqueue'; readonly attempt: number }
  | { readonly do: 'end'; readonly as: 'cancelled' | 'worker-lost' };

/**
 * What is to be done about a run that has not ended (DESIGN §6). Only an attempt that is lost gives way to the next one;
 * after `maxAttempts` of them the run ends as lost: a script that kills its workers does not do so for ever.
 */
export function judgeRun(run: UnfinishedRun, { mine, workerLost }: Sight, maxAttempts: number): Verdict {
  if (run.status === 'pending') return { do: 'enqueue', attempt: run.attempt + 1 };
  if (mine || !workerLost) return { do: 'nothing' };
  if (run.cancelRequested) return { do: 'end', as: 'cancelled' };
  if (run.attempt >= maxAttempts) return { do: 'end', as: 'worker-lost' };
  return { do: 'enqueue', attempt: run.attempt + 1 };
}

import type { UnfinishedRun } from '@stemma/projections/runs';

/** What is seen of it besides. */
export interface Sight {
  /** This worker executes its current attempt. */
  readonly mine: boolean;
  /** Its worker is certainly gone, or has been silent for two passes. */
  readonly workerLost: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type Remedy =
  | { readonly do: 'nothing' }
  | { readonly do: 'enqueue'; readonly attempt: number }
  | { readonly do: 'end'; readonly as: 'cancelled' | 'worker-lost' };

const pauses = ({ failedAt, retryAfterMs }: UnfinishedRun, now: number): boolean =>
  failedAt !== null && Date.parse(failedAt) + (retryAfterMs ?? 0) > now;

/**
 * What is to be done about a run that has not ended (DESIGN §6). Only an attempt that is lost gives way to the next one, and
 * one that failed to its retry when its pause is over; after `maxAttempts` lost ones the run ends as lost: a script that kills its workers does not do so for ever.
 */
export function findRemedy(
  run: UnfinishedRun,
  { mine, workerLost, now }: Sight,
  maxAttempts: number,
): Remedy {
  if (run.status === 'pending') {
    return pauses(run, now) ? { do: 'nothing' } : { do: 'enqueue', attempt: run.attempt + 1 };
  }
  if (mine || !workerLost) return { do: 'nothing' };
  if (run.cancelRequested) return { do: 'end', as: 'cancelled' };
  if (run.attempt - run.failures >= maxAttempts) return { do: 'end', as: 'worker-lost' };
  return { do: 'enqueue', attempt: run.attempt + 1 };
}

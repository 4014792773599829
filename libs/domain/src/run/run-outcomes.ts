import type { RunOutcome, RunReason, RunStatus } from './run.events.js';

/** An outcome without a result: nothing ran, or nothing of it is left. */
export function outcomeWithoutResult(status: RunStatus, reason: RunReason, message: string): RunOutcome {
  return {
    status,
    reason,
    exitCode: null,
    output: null,
    error: { name: reason, message },
    artifacts: [],
    log: null,
    durations: { prepareMs: 0, runMs: 0 },
  };
}

export const cancelledUnstarted = outcomeWithoutResult(
  'cancelled',
  'cancel-requested',
  'Cancelled before it started.',
);

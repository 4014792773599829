import type { RunOutcome, RunReason, RunStatus } from './run.events.js';

/** An outcome without a result: nothing ran, or nothing of it is left. */
export function outcomeWithoutResult(status: RunStatus, reason: RunReason, message: string): RunOutcome {
  return {
    status,
    reason,
    exitCode: null,
    output: null,
    error: { name: errorNameOf(reason), message },
    artifacts: [],
    log: null,
    durations: { prepareMs: 0, runMs: 0 },
  };
}

/** Errors are named after their reason, as those of the runner are: `worker-lost` → `WorkerLost`. */
const errorNameOf = (reason: RunReason): string =>
  reason.replace(/(?:^|-)(.)/g, (_all, letter: string) => letter.toUpperCase());

export const cancelledUnstarted = outcomeWithoutResult(
  'cancelled',
  'cancel-requested',
  'Cancelled before it started.',
);

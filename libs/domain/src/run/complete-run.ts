import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { requireUnfinished } from './require-run.js';
import type { RunEvent, RunOutcome } from './run.events.js';
import type { RunState } from './run.state.js';

export type CompleteRun = Command<'CompleteRun', RunOutcome & { readonly attempt: number }>;

/** Counts for the current attempt alone; after a cancel was asked for, whatever happened is decided as cancelled. */
export function completeRun(state: RunState, { data }: CompleteRun): RunEvent[] {
  const run = requireUnfinished(state);
  if (data.attempt !== run.attempt) {
    refuse(
      'attempt-superseded',
      `The report is of attempt ${data.attempt}; the current one is ${run.attempt}.`,
      {
        attempt: run.attempt,
      },
    );
  }
  const outcome = run.cancelRequested ? asCancelled(data) : data;
  return [{ type: 'RunCompleted', data: { runId: run.request.runId, ...outcome } }];
}

/** The log and the artifacts stay: they happened. The result does not count. */
function asCancelled<Outcome extends RunOutcome>(outcome: Outcome): Outcome {
  return {
    ...outcome,
    status: 'cancelled',
    reason: 'cancel-requested',
    output: null,
    error: { name: 'cancel-requested', message: 'Cancelled while it ran.' },
  };
}

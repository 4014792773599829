import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { requireUnfinished } from './require-run.js';
import { retryAfter } from './retry.js';
import type { RunEvent, RunOutcome, RunReason } from './run.events.js';
import type { Run, RunState } from './run.state.js';

export type CompleteRun = Command<'CompleteRun', RunOutcome & { readonly attempt: number }>;

/**
 * Counts for the current attempt alone; after a cancel was asked for, whatever happened is decided as cancelled. A failure
 * that the script's settings allow to try again ends the attempt and not the run.
 */
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
  const { runId } = run.request;
  if (run.status === 'pending' && run.attempt > 0 && data.status !== 'cancelled') requireNoReport(run, data);
  const retryAfterMs = run.cancelRequested ? null : retryAfter(run.request, data, run.failures + 1);
  if (retryAfterMs !== null && run.status === 'running')
    return [{ type: 'RunAttemptFailed', data: { runId, ...data, retryAfterMs } }];
  const outcome = run.cancelRequested ? asCancelled(data) : data;
  return [{ type: 'RunCompleted', data: { runId, ...outcome } }];
}

/** A failed attempt has reported; only what hinders the next one from beginning may end the run meanwhile. */
function requireNoReport({ attempt }: Run, { reason }: RunOutcome): void {
  const hinders: readonly RunReason[] = ['content-pruned', 'input-gone', 'runner-refused', 'secret-unusable'];
  if (hinders.includes(reason)) return;
  refuse('attempt-superseded', `Attempt ${attempt} has failed already; the next one has not begun.`, {
    attempt,
  });
}

/** The log and the artifacts stay: they happened. The result does not count. */
function asCancelled<Outcome extends RunOutcome>(outcome: Outcome): Outcome {
  return {
    ...outcome,
    status: 'cancelled',
    reason: 'cancel-requested',
    output: null,
    error: { name: 'CancelRequested', message: 'Cancelled while it ran.' },
  };
}

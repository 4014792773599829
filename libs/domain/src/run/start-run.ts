import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { requireUnfinished } from './require-run.js';
import type { RunEvent, RunStarted } from './run.events.js';
import type { RunState } from './run.state.js';

export type StartRun = Command<'StartRun', RunStarted['data']>;

/**
 * The fence (HAZARDS Q2): of all who believe that it is theirs to run attempt `n`, one is answered with an event. A
 * refused start is never turned into the next attempt.
 */
export function startRun(state: RunState, { data }: StartRun): RunEvent[] {
  const run = requireUnfinished(state);
  if (run.cancelRequested) refuse('run-cancelled', 'The run was cancelled before this attempt began.');
  if (data.attempt <= run.attempt) {
    refuse(
      'attempt-superseded',
      `Attempt ${data.attempt} was started already; the current one is ${run.attempt}.`,
      {
        attempt: run.attempt,
      },
    );
  }
  if (data.attempt !== run.attempt + 1) {
    refuse('attempt-out-of-order', `Attempt ${run.attempt + 1} comes before attempt ${data.attempt}.`, {
      attempt: run.attempt,
    });
  }
  return [{ type: 'RunStarted', data }];
}

import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import { requireUnfinished } from './require-run.js';
import { cancelledUnstarted } from './run-outcomes.js';
import type { RunEvent } from './run.events.js';
import type { RunState } from './run.state.js';

export const requestCancelSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type RequestCancel = Command<'RequestCancel', z.output<typeof requestCancelSchema>>;

/**
 * A run that waits ends here, in one append; one that runs ends when its container is gone. Whoever asks again, also when
 * it is gone, is told that it is so already.
 */
export function requestCancel(state: RunState, { data }: RequestCancel): RunEvent[] {
  if (state.status !== 'none' && state.cancelRequested) return [];
  const run = requireUnfinished(state);
  const { runId } = run.request;
  const asked: RunEvent = { type: 'RunCancelRequested', data: { runId, reason: data.reason } };
  if (run.status === 'running') return [asked];
  return [asked, { type: 'RunCompleted', data: { runId, attempt: run.attempt, ...cancelledUnstarted } }];
}

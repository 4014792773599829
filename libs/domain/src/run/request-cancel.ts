import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text } from '../shared/schemas.js';
import { requireUnfinished } from './require-run.js';
import { cancelledUnstarted } from './run-outcomes.js';
import type { RunEvent } from './run.events.js';
import type { RunState } from './run.state.js';

export const requestCancelSchema = z.strictObject({ reason: text(2_000).nullable().default(null) });

export type RequestCancel = Command<'RequestCancel', z.output<typeof requestCancelSchema>>;

/** A run that waits ends here, in one append; one that runs ends when its container is gone. */
export function requestCancel(state: RunState, { data }: RequestCancel): RunEvent[] {
  const run = requireUnfinished(state);
  if (run.cancelRequested) return [];
  const { runId } = run.request;
  const asked: RunEvent = { type: 'RunCancelRequested', data: { runId, reason: data.reason } };
  if (run.status === 'running') return [asked];
  return [asked, { type: 'RunCompleted', data: { runId, attempt: run.attempt, ...cancelledUnstarted } }];
}

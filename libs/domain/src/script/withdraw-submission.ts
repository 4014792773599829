import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { versionNumber } from '../shared/schemas.js';
import { requireReview } from './require-review.js';
import { requireScript, requireVersion } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const withdrawSubmissionSchema = z.strictObject({ number: versionNumber });

export type WithdrawSubmission = Command<'WithdrawSubmission', z.output<typeof withdrawSubmissionSchema>>;

/** Ends the round without a decision; its approvals do not count in the next one. */
export function withdrawSubmission(state: ScriptState, { data }: WithdrawSubmission): ScriptEvent[] {
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  if (version.state === 'draft') return [];
  const { round } = requireReview(version);
  const { versionId, number } = version;
  return [{ type: 'SubmissionWithdrawn', data: { scriptId: script.scriptId, versionId, number, round } }];
}

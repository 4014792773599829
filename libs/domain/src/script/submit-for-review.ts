import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { versionNumber } from '../shared/schemas.js';
import { requireScript, requireVersion } from './require-script.js';
import { policyOf } from './review-policy.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const submitForReviewSchema = z.strictObject({ number: versionNumber });

export type SubmitForReview = Command<'SubmitForReview', z.output<typeof submitForReviewSchema>>;

/** Only the head draft, and one at a time: reviewers look at what will be published, not at what was overtaken. */
export function submitForReview(state: ScriptState, command: SubmitForReview): ScriptEvent[] {
  const { data } = command;
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  if (version.state === 'in_review') return [];
  if (version.state !== 'draft') {
    refuse(
      'version-not-draft',
      `Version ${version.number} is ${version.state}; only a draft can be submitted.`,
      {
        state: version.state,
      },
    );
  }
  if (version.number !== script.versions.length) {
    refuse(
      'not-head-draft',
      `Version ${script.versions.length} is newer. Submit that one, or save this content again.`,
      {
        newestNumber: script.versions.length,
      },
    );
  }
  if (script.inReview !== null) {
    refuse(
      'review-in-progress',
      `Version ${script.inReview} is in review. Finish or withdraw that review first.`,
      {
        inReview: script.inReview,
      },
    );
  }
  const { scriptId, rounds } = script;
  const policy = policyOf(script, command);
  const { versionId, number } = version;
  return [{ type: 'SubmittedForReview', data: { scriptId, versionId, number, round: rounds + 1, policy } }];
}

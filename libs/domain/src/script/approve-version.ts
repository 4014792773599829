import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { text, versionNumber } from '../shared/schemas.js';
import { bindingPolicy, requireOtherThanAuthor, requireReview, samePerson } from './require-review.js';
import { requireScript, requireVersion } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { ScriptState } from './script.state.js';

export const approveVersionSchema = z.strictObject({
  number: versionNumber,
  reviewNote: text(10_000).nullable().default(null),
});

export type ApproveVersion = Command<'ApproveVersion', z.output<typeof approveVersionSchema>>;

/** One approval per person and round; it names the content that was looked at. */
export function approveVersion(state: ScriptState, command: ApproveVersion): ScriptEvent[] {
  const { data, meta } = command;
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  const review = requireReview(version);
  requireOtherThanAuthor(version, bindingPolicy(script, review, command), meta.actor.id, 'approve');
  if (review.approvals.some(({ person }) => samePerson(person, meta.actor.id))) return [];
  const { versionId, number, contentHash } = version;
  return [
    {
      type: 'VersionApproved',
      data: {
        scriptId: script.scriptId,
        versionId,
        number,
        round: review.round,
        contentHash,
        reviewNote: data.reviewNote,
      },
    },
  ];
}

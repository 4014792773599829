import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { versionNumber } from '../shared/schemas.js';
import { replaceActive, requireItsTrigger, requireNewerThanActive } from './replace-active.js';
import { bindingPolicy, requireOtherThanAuthor, requireReview, samePerson } from './require-review.js';
import { requireScript, requireVersion } from './require-script.js';
import type { ReviewPolicy, ScriptEvent } from './script.events.js';
import type { Review, ScriptState, Version } from './script.state.js';

export const publishVersionSchema = z.strictObject({ number: versionNumber });

export type PublishVersion = Command<'PublishVersion', z.output<typeof publishVersionSchema>>;

export function publishVersion(state: ScriptState, command: PublishVersion): ScriptEvent[] {
  const { data, meta } = command;
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  if (version.state === 'active') return [];
  requireNewerThanActive(script, version);
  const review = requireReview(version);
  const policy = bindingPolicy(script, review, command);
  requireOtherThanAuthor(version, policy, meta.actor.id, 'publish');
  requireApprovals(version, review, policy);
  requireItsTrigger(script);
  const { versionId, number, contentHash } = version;
  return replaceActive(script, { versionId, number, contentHash }, { policy });
}

function requireApprovals(version: Version, review: Review, policy: ReviewPolicy): void {
  const counting = review.approvals.filter(
    ({ person, contentHash }) =>
      contentHash === version.contentHash && !(policy.fourEyes && samePerson(person, version.author)),
  );
  if (counting.length >= policy.requiredApprovals) return;
  refuse(
    'not-approved',
    `Version ${version.number} has ${counting.length} of ${policy.requiredApprovals} approvals. Ask another reviewer to approve it.`,
    { approvals: counting.length, required: policy.requiredApprovals },
  );
}

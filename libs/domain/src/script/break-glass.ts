import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { text, versionNumber } from '../shared/schemas.js';
import { replaceActive, requireNewerThanActive, requireItsTrigger } from './replace-active.js';
import { bindingPolicy, requireOtherThanAuthor } from './require-review.js';
import { requireScript, requireVersion } from './require-script.js';
import { policyOf } from './review-policy.js';
import type { ScriptEvent } from './script.events.js';
import type { Script, ScriptState, Version } from './script.state.js';

export const breakGlassSchema = z.strictObject({ number: versionNumber, reason: text(2_000).min(1) });

export type BreakGlass = Command<'BreakGlass', z.output<typeof breakGlassSchema>>;

/**
 * Publishes without the approvals that the policy asks for, in an emergency: the event is marked and keeps the reason.
 * Four eyes holds here too: whoever wrote the version finds somebody else to break the glass (R-E7).
 */
export function breakGlass(state: ScriptState, command: BreakGlass): ScriptEvent[] {
  const { data, meta } = command;
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  if (version.state === 'active') return [];
  requireNewerThanActive(script, version);
  requireHeadOrInReview(script, version);
  requireItsTrigger(script);
  const policy = version.review ? bindingPolicy(script, version.review, command) : policyOf(script, command);
  requireOtherThanAuthor(version, policy, meta.actor.id, 'publish');
  const { versionId, number, contentHash } = version;
  const mark = { policy, breakGlass: { reason: data.reason } };
  return replaceActive(script, { versionId, number, contentHash }, mark);
}

function requireHeadOrInReview({ versions }: Script, { number, state }: Version): void {
  if (state === 'archived')
    refuse('version-not-draft', `Version ${number} was active before. Roll back to it instead.`, { state });
  if (state === 'draft' && number !== versions.length) {
    refuse(
      'not-head-draft',
      `Version ${versions.length} is newer. Publish that one, or save this content again.`,
      {
        newestNumber: versions.length,
      },
    );
  }
}

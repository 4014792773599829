import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import { type ApproveVersion, approveVersion } from './approve-version.js';
import { type ChangeDetails, changeDetails } from './change-details.js';
import { type CreateScript, createScript } from './create-script.js';
import { type DisableScript, disableScript } from './disable-script.js';
import { type EnableScript, enableScript } from './enable-script.js';
import { type PublishVersion, publishVersion } from './publish-version.js';
import { type RequestChanges, requestChanges } from './request-changes.js';
import { type RollBack, rollBack } from './roll-back.js';
import { type SaveDraft, saveDraft } from './save-draft.js';
import type { ScriptEvent } from './script.events.js';
import { evolve, noScript, type ScriptState } from './script.state.js';
import { type SubmitForReview, submitForReview } from './submit-for-review.js';
import { type WithdrawSubmission, withdrawSubmission } from './withdraw-submission.js';

export type ScriptCommand =
  | CreateScript
  | ChangeDetails
  | SaveDraft
  | SubmitForReview
  | WithdrawSubmission
  | RequestChanges
  | ApproveVersion
  | PublishVersion
  | RollBack
  | EnableScript
  | DisableScript;

export const scriptDecider: Decider<ScriptState, ScriptCommand, ScriptEvent, Meta> = {
  initial: noScript,
  evolve,
  decide,
};

function decide(state: ScriptState, command: ScriptCommand): readonly ScriptEvent[] {
  requireTenantAtWork(command);
  switch (command.type) {
    case 'CreateScript':
      return createScript(state, command);
    case 'ChangeDetails':
      return changeDetails(state, command);
    case 'SaveDraft':
      return saveDraft(state, command);
    case 'SubmitForReview':
      return submitForReview(state, command);
    case 'WithdrawSubmission':
      return withdrawSubmission(state, command);
    case 'RequestChanges':
      return requestChanges(state, command);
    case 'ApproveVersion':
      return approveVersion(state, command);
    case 'PublishVersion':
      return publishVersion(state, command);
    case 'RollBack':
      return rollBack(state, command);
    case 'EnableScript':
      return enableScript(state);
    case 'DisableScript':
      return disableScript(state, command);
  }
}

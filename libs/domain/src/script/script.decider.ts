import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { requireTenantAtWork } from '../tenant/tenant-terms.js';
import { type ApproveVersion, approveVersion } from './approve-version.js';
import { type ArchiveVersion, archiveVersion } from './archive-version.js';
import { type BreakGlass, breakGlass } from './break-glass.js';
import { type ChangeDetails, changeDetails } from './change-details.js';
import { type CreateScript, createScript } from './create-script.js';
import { type DisableScript, disableScript } from './disable-script.js';
import { type EnableScript, enableScript } from './enable-script.js';
import { type ListScript, listScript } from './list-script.js';
import { type PruneVersions, pruneVersions } from './prune-versions.js';
import { type PublishVersion, publishVersion } from './publish-version.js';
import { type RemoveTrigger, removeTrigger } from './remove-trigger.js';
import { type RequestChanges, requestChanges } from './request-changes.js';
import { type RetireScript, retireScript } from './retire-script.js';
import { type RollBack, rollBack } from './roll-back.js';
import { type SaveDraft, saveDraft } from './save-draft.js';
import type { ScriptEvent } from './script.events.js';
import { evolve, noScript, type ScriptState } from './script.state.js';
import { type SetPrunePolicy, setPrunePolicy } from './set-prune-policy.js';
import { type SetReviewPolicy, setReviewPolicy } from './set-review-policy.js';
import { type SetTrigger, setTrigger } from './set-trigger.js';
import { type SubmitForReview, submitForReview } from './submit-for-review.js';
import { type UnlistScript, unlistScript } from './unlist-script.js';
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
  | DisableScript
  | ArchiveVersion
  | BreakGlass
  | ListScript
  | PruneVersions
  | RemoveTrigger
  | RetireScript
  | SetPrunePolicy
  | SetReviewPolicy
  | SetTrigger
  | UnlistScript;

export const scriptDecider: Decider<ScriptState, ScriptCommand, ScriptEvent, Meta> = {
  initial: noScript,
  evolve,
  decide,
};

type Decisions = {
  readonly [Type in ScriptCommand['type']]: (
    state: ScriptState,
    command: Extract<ScriptCommand, { type: Type }>,
  ) => readonly ScriptEvent[];
};

/** Every command, once: one without its line does not compile. */
const decisions: Decisions = {
  CreateScript: createScript,
  ChangeDetails: changeDetails,
  SaveDraft: saveDraft,
  SubmitForReview: submitForReview,
  WithdrawSubmission: withdrawSubmission,
  RequestChanges: requestChanges,
  ApproveVersion: approveVersion,
  PublishVersion: publishVersion,
  BreakGlass: breakGlass,
  RollBack: rollBack,
  ArchiveVersion: archiveVersion,
  EnableScript: enableScript,
  DisableScript: disableScript,
  ListScript: listScript,
  UnlistScript: unlistScript,
  SetTrigger: setTrigger,
  RemoveTrigger: removeTrigger,
  SetReviewPolicy: setReviewPolicy,
  SetPrunePolicy: setPrunePolicy,
  PruneVersions: pruneVersions,
  RetireScript: retireScript,
};

function decide<Type extends ScriptCommand['type']>(
  state: ScriptState,
  command: Extract<ScriptCommand, { type: Type }>,
): readonly ScriptEvent[] {
  requireTenantAtWork(command);
  const decision: Decisions[Type] = decisions[command.type];
  return decision(state, command);
}

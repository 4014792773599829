import {
  approveVersionSchema,
  changeDetailsSchema,
  createScriptSchema,
  disableScriptSchema,
  enableScriptSchema,
  publishVersionSchema,
  requestChangesSchema,
  rollBackSchema,
  saveDraftSchema,
  submitForReviewSchema,
  withdrawSubmissionSchema,
} from '@stemma/domain';
import { scriptCommand } from './define-command.js';
import { ofNewVersion, ofScript, ofVersion } from './script-answers.js';

export const CreateScript = scriptCommand({
  type: 'CreateScript',
  schema: createScriptSchema,
  creates: true,
  answer: ofScript,
});

export const ChangeDetails = scriptCommand({
  type: 'ChangeDetails',
  schema: changeDetailsSchema,
  needsBase: true,
  answer: ofScript,
});

/** Handled by hand (`save-draft.handler.ts`): the content is stored before the decision is. */
export const SaveDraft = scriptCommand({
  type: 'SaveDraft',
  schema: saveDraftSchema,
  needsBase: true,
  answer: ofNewVersion('draft'),
});

export const SubmitForReview = scriptCommand({
  type: 'SubmitForReview',
  schema: submitForReviewSchema,
  answer: ofVersion('in_review'),
});

export const WithdrawSubmission = scriptCommand({
  type: 'WithdrawSubmission',
  schema: withdrawSubmissionSchema,
  answer: ofVersion('draft'),
});

export const RequestChanges = scriptCommand({
  type: 'RequestChanges',
  schema: requestChangesSchema,
  answer: ofVersion('draft'),
});

export const ApproveVersion = scriptCommand({
  type: 'ApproveVersion',
  schema: approveVersionSchema,
  answer: ofVersion('in_review'),
});

export const PublishVersion = scriptCommand({
  type: 'PublishVersion',
  schema: publishVersionSchema,
  answer: ofVersion('active'),
});

export const RollBack = scriptCommand({
  type: 'RollBack',
  schema: rollBackSchema,
  needsBase: true,
  answer: (request, events) =>
    events.length > 0 ? ofNewVersion('active')(request, events) : ofVersion('active')(request, events),
});

export const EnableScript = scriptCommand({
  type: 'EnableScript',
  schema: enableScriptSchema,
  answer: ofScript,
});

export const DisableScript = scriptCommand({
  type: 'DisableScript',
  schema: disableScriptSchema,
  answer: ofScript,
});

/** Those whose handler is made by `handlerOf`. */
export const plainScriptCommands = [
  CreateScript,
  ChangeDetails,
  SubmitForReview,
  WithdrawSubmission,
  RequestChanges,
  ApproveVersion,
  PublishVersion,
  RollBack,
  EnableScript,
  DisableScript,
];

export { isRejection, Rejection } from '@stemma/decider';
export type { RejectionCode } from '@stemma/domain';
export {
  type CommandAnswer,
  type CommandContext,
  commandIdOf,
  type RequestIdentity,
} from './command-context.js';
export { CommandsModule, type CommandsOptions } from './commands.module.js';
export type { Request, RunRequest, ScriptRequest } from './define-command.js';
export {
  ApproveVersion,
  ChangeDetails,
  CreateScript,
  DisableScript,
  EnableScript,
  PublishVersion,
  RequestChanges,
  RollBack,
  SaveDraft,
  SubmitForReview,
  WithdrawSubmission,
} from './script-commands.js';

export { isRejection, Rejection } from '@stemma/decider';
export {
  type ApiKey,
  type ApiKeyState,
  apiKeyStreamOf,
  type Content,
  contentStreamOf,
  evolveApiKey,
  evolvePrincipal,
  evolveTenant,
  hashJson,
  id,
  LOCAL_TENANT_ID,
  LOCAL_TENANT_NAME,
  noApiKey,
  noPrincipal,
  noTenant,
  outcomeWithoutResult,
  type Principal,
  type PrincipalState,
  principalStreamOf,
  type RejectionCode,
  type Role,
  type Run,
  type RunCommand,
  runDecider,
  runIdOf,
  type RunState,
  type ScriptCommand,
  scriptDecider,
  scriptIdOf,
  type ScriptState,
  streamName,
  type Tenant,
  tenantIdOf,
  type TenantState,
  tenantStreamOf,
  type TenantTerms,
  termsOfTenant,
} from '@stemma/domain';
export {
  type CommandAnswer,
  type CommandContext,
  commandIdOf,
  metadataOf,
  type RequestIdentity,
} from './command-context.js';
export { CommandsModule, type CommandsOptions } from './commands.module.js';
export type { Request, RunRequest, ScriptRequest } from './define-command.js';
export type { Blobs } from './blobs.js';
export { sweepContent, type SweepParts } from './sweep-content.js';
export { type ContentName, readContent } from './read-content.js';
export { type ContentsOf, rememberContents } from './remember-contents.js';
export type { DefaultLimits } from './request-run.handler.js';
export {
  ArchiveVersion,
  BreakGlass,
  ListScript,
  PruneVersions,
  RemoveTrigger,
  RetireScript,
  SetPrunePolicy,
  SetReviewPolicy,
  SetTrigger,
  UnlistScript,
} from './governance-commands.js';
export { CompleteRun, RequestCancel, RequestRun, StartRun } from './run-commands.js';
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
export { openKeyring } from './secrets/open-keyring.js';
export type { DataKeyName, Keyring } from './secrets/keyring.js';
export { type OpenSecrets, openingSecrets, SecretUnusable } from './secrets/open-secrets.js';
export { type Rewrapped, rewrapKeys } from './secrets/rewrap-keys.js';
export { DescribeSecret, RemoveSecret, SetSecret } from './secrets/secret-commands.js';
export { type Denied, readDenials, storeDenied } from './identity/denied-attempts.js';
export { openTenants, readingTerms, termsIn } from './identity/reading-terms.js';
export type { CommandShell, TermsOf } from './decide-command.js';
export { COMMAND_SHELL } from './handler-of.js';
export { FIRST_ADMIN, firstKeyIdOf } from './identity/create-tenant.handler.js';
export { type FoundingPrincipal, foundPrincipal, foundTenant } from './identity/found-principal.js';
export type { Founding } from './identity/own-event.js';
export {
  ChangeRoles,
  CreateApiKey,
  CreatePrincipal,
  CreateTenant,
  RestorePrincipal,
  RestoreTenant,
  RevokeApiKey,
  SetTenantReviewPolicy,
  SuspendPrincipal,
  SuspendTenant,
} from './identity/identity-commands.js';

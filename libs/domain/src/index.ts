export type * from './events.js';
export type { Command, TenantTerms } from './shared/command.js';
export {
  apiKeyStreamOf,
  denialStreamOf,
  id,
  LOCAL_TENANT_ID,
  LOCAL_TENANT_NAME,
  principalStreamOf,
  routeStreamOf,
  runIdOf,
  scriptIdOf,
  secretIdOf,
  secretKeyStreamOf,
  secretStreamOf,
  streamName,
  tenantIdOf,
  tenantStreamOf,
  triggerIdOf,
  versionIdOf,
} from './shared/ids.js';
export type { Meta } from './shared/metadata.js';
export { refuse, type RejectionCode } from './shared/rejections.js';
export { label, secretName, slug, subject, text, versionNumber } from './shared/schemas.js';

export { type ApiKeyCommand, apiKeyDecider } from './apikey/apikey.decider.js';
export { type ApiKey, type ApiKeyState, evolveApiKey, noApiKey } from './apikey/apikey.state.js';

export { canonicalJson, hashJson } from './content/content-hash.js';
export { type Content, contentSchema } from './content/content-schema.js';
export { variableName, variableType } from './content/settings-schema.js';
export { contentStreamOf } from './content/content-stream.js';

export { createApiKeySchema, requestApiKeySchema } from './apikey/create-api-key.js';
export { revokeApiKeySchema } from './apikey/revoke-api-key.js';
export { changeRolesSchema } from './principal/change-roles.js';
export { createPrincipalSchema } from './principal/create-principal.js';
export { restorePrincipalSchema } from './principal/restore-principal.js';
export { suspendPrincipalSchema } from './principal/suspend-principal.js';
export { type PrincipalCommand, principalDecider } from './principal/principal.decider.js';
export {
  evolvePrincipal,
  noPrincipal,
  type Principal,
  type PrincipalState,
} from './principal/principal.state.js';

export { type HistoryFault, judgeRunHistories } from './run/judge-run-histories.js';
export { requestCancelSchema } from './run/request-cancel.js';
export { requestRunSchema } from './run/request-run.js';
export { outcomeWithoutResult } from './run/run-outcomes.js';
export { pinVersion } from './run/pin-version.js';
export { type RunCommand, runDecider } from './run/run.decider.js';
export type { Run, RunState } from './run/run.state.js';

export { type RouteCommand, routeDecider } from './route/route.decider.js';
export type { RouteState } from './route/route.state.js';

export { approveVersionSchema } from './script/approve-version.js';
export { archiveVersionSchema } from './script/archive-version.js';
export { breakGlassSchema } from './script/break-glass.js';
export { changeDetailsSchema } from './script/change-details.js';
export { createScriptSchema } from './script/create-script.js';
export { disableScriptSchema } from './script/disable-script.js';
export { enableScriptSchema } from './script/enable-script.js';
export {
  type Acknowledged,
  judgeScriptHistory,
  type StoredScriptEvent,
} from './script/judge-script-history.js';
export { listScriptSchema } from './script/list-script.js';
export { pruneVersionsSchema } from './script/prune-policy.js';
export { namesContent, whatToPrune } from './script/prune-versions.js';
export { publishVersionSchema } from './script/publish-version.js';
export { removeTriggerSchema } from './script/remove-trigger.js';
export { requestChangesSchema } from './script/request-changes.js';
export { retireScriptSchema } from './script/retire-script.js';
export { rollBackSchema } from './script/roll-back.js';
export { type SaveDraft, saveDraftSchema } from './script/save-draft.js';
export { type ScriptCommand, scriptDecider } from './script/script.decider.js';
export { setPrunePolicySchema } from './script/set-prune-policy.js';
export { setReviewPolicySchema } from './script/set-review-policy.js';
export { setTriggerSchema } from './script/set-trigger.js';
export type { Script, ScriptState, Version, VersionState } from './script/script.state.js';
export { versionAt } from './script/version-line.js';
export { submitForReviewSchema } from './script/submit-for-review.js';
export { unlistScriptSchema } from './script/unlist-script.js';
export { withdrawSubmissionSchema } from './script/withdraw-submission.js';

export { describeSecretSchema } from './secret/describe-secret.js';
export { removeSecretSchema } from './secret/remove-secret.js';
export { type SecretCommand, secretDecider } from './secret/secret.decider.js';
export { nextLife, type Secret, type SecretState } from './secret/secret.state.js';
export { type SealedSecret, setSecretSchema } from './secret/set-secret.js';

export { createTenantSchema } from './tenant/create-tenant.js';
export { restoreTenantSchema } from './tenant/restore-tenant.js';
export { tenantReviewPolicySchema } from './tenant/set-tenant-review-policy.js';
export { suspendTenantSchema } from './tenant/suspend-tenant.js';
export { type TenantCommand, tenantDecider } from './tenant/tenant.decider.js';
export { DEFAULT_TENANT_TERMS } from './tenant/tenant-terms.js';
export {
  evolveTenant,
  noTenant,
  type Tenant,
  type TenantState,
  termsOfTenant,
} from './tenant/tenant.state.js';

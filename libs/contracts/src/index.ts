export type { RejectionCode } from '@stemma/domain';
export {
  type EdgeCode,
  isProblemCode,
  type ProblemCode,
  problemKinds,
  problemType,
} from './problems/problem-codes.js';
export type { ProblemKind } from './problems/problem-kind.js';
export { type Fault, faultSchema, type Problem, problemSchema } from './problems/problem.js';

export {
  correlationIdSchema,
  etagOf,
  headers,
  idempotencyKeySchema,
  ifMatchSchema,
} from './requests/headers.js';
export {
  type AsOf,
  asOfParameter,
  asOfQuery,
  diffQuery,
  historyQuery,
  listScriptsQuery,
  listVersionsQuery,
  numberParameter,
  slugParameter,
  triggerParameter,
} from './requests/parameters.js';
export {
  authoringActionSchema,
  lineageQuery,
  listActivationsQuery,
  listAuthoringQuery,
  listDecisionsQuery,
  listReviewsQuery,
} from './requests/reading-queries.js';
export {
  approveVersionBody,
  breakGlassBody,
  changeDetailsBody,
  createScriptBody,
  disableScriptBody,
  emptyBody,
  pruneVersionsBody,
  requestChangesBody,
  retireScriptBody,
  rollBackBody,
  saveDraftBody,
  setPrunePolicyBody,
  setReviewPolicyBody,
  setTriggerBody,
} from './requests/script-bodies.js';

export {
  describeSecretBody,
  listSecretsQuery,
  removeSecretQuery,
  secretParameter,
  setSecretBody,
} from './requests/secret-bodies.js';
export {
  artifactParameter,
  listRunsQuery,
  logPlace,
  cancelQuery,
  requestCancelBody,
  requestRunBody,
  runIdParameter,
  runLogQuery,
  runStatusSchema,
} from './requests/run-bodies.js';

export {
  dropBody,
  dropParkedBody,
  jobIdParameter,
  listCertificatesQuery,
  listActsQuery,
  listJobsQuery,
  listParkedQuery,
  projectionParameter,
  projectionsBody,
  rebuildBody,
  retryParkedBody,
  streamParameter,
  swapBody,
} from './requests/projection-bodies.js';

export {
  changeRolesBody,
  createKeyBody,
  createPrincipalBody,
  createTenantBody,
  denialsQuery,
  directoryBody,
  keyIdParameter,
  listKeysQuery,
  reviewPolicyBody,
  revokeKeyQuery,
  subjectParameter,
  suspendPrincipalBody,
  suspendTenantBody,
  tenantIdParameter,
} from './requests/identity-bodies.js';

export {
  createKeyAnswer,
  createTenantAnswer,
  denialListSchema,
  keyAnswer,
  keyListSchema,
  namesSchema,
  principalAnswer,
  principalListSchema,
  principalSchema,
  reviewPolicyAnswer,
  tenantAnswer,
  tenantListSchema,
  tenantSchema,
  directoryEntrySchema,
  type Key,
  type PrincipalShown,
  type TenantShown,
} from './responses/identity.js';
export {
  newVersionAnswer,
  pruneAnswer,
  rollBackAnswer,
  scriptAnswer,
  triggerAnswer,
  versionAnswer,
} from './responses/command-answers.js';
export {
  activationListSchema,
  activationSchema,
  authoringEntrySchema,
  authoringListSchema,
} from './responses/authoring.js';
export { lineageSchema } from './responses/lineage.js';
export { reviewListSchema, reviewSchema } from './responses/review.js';
export { diffSchema, fieldChangeSchema } from './responses/diff.js';
export { livenessSchema, readinessSchema } from './responses/health.js';
export { historyEntrySchema, historySchema } from './responses/history.js';
export {
  abortAnswer,
  actListSchema,
  certificateListSchema,
  jobListSchema,
  jobSchema,
  parkedEventSchema,
  parkedListSchema,
  projectionsAnswer,
  projectionStatusSchema,
  retryAnswer,
} from './responses/projections.js';
export {
  cancelAnswer,
  fileAnswer,
  requestRunAnswer,
  type Run,
  runListSchema,
  runLogSchema,
  runSchema,
} from './responses/run.js';
export { repairRunsAnswer, type RunFinding, runsHealthSchema } from './responses/runs-health.js';
export { type Script, scriptListSchema, scriptSchema } from './responses/script.js';
export {
  rewrapAnswer,
  secretAnswer,
  secretListSchema,
  secretSchema,
  type SecretShown,
  setSecretAnswer,
} from './responses/secret.js';
export {
  contentAnswer,
  type Version,
  versionListSchema,
  versionSchema,
  versionStateSchema,
} from './responses/version.js';
export { workerListSchema, workerSchema } from './responses/workers.js';
export { whoamiSchema } from './responses/whoami.js';
export { namedSchemas } from './named-schemas.js';
export { expiredBlobsSchema, sweepAnswer } from './responses/blobs.js';

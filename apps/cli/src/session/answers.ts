import type { AnswerOf } from '@stemma/client';
import {
  abortAnswer,
  activationListSchema,
  authoringListSchema,
  cancelAnswer,
  certificateListSchema,
  contentAnswer,
  createKeyAnswer,
  createTenantAnswer,
  denialListSchema,
  diffSchema,
  expiredBlobsSchema,
  directoryEntrySchema,
  historySchema,
  jobListSchema,
  jobSchema,
  keyAnswer,
  keyListSchema,
  lineageSchema,
  newVersionAnswer,
  parkedEventSchema,
  parkedListSchema,
  principalAnswer,
  principalListSchema,
  principalSchema,
  projectionsAnswer,
  pruneAnswer,
  projectionStatusSchema,
  readinessSchema,
  requestRunAnswer,
  retryAnswer,
  reviewPolicyAnswer,
  reviewListSchema,
  rollBackAnswer,
  runListSchema,
  runLogSchema,
  runSchema,
  scriptAnswer,
  sweepAnswer,
  scriptListSchema,
  scriptSchema,
  tenantAnswer,
  tenantListSchema,
  tenantSchema,
  triggerAnswer,
  versionAnswer,
  versionListSchema,
  versionSchema,
  whoamiSchema,
  repairRunsAnswer,
  runsHealthSchema,
  workerListSchema,
} from '@stemma/contracts';

/** What each query that is used here answers with: looked at before it is shown. */
const queries = {
  diffVersions: diffSchema,
  isReady: readinessSchema,
  forgetMyself: principalAnswer,
  forgetPrincipal: principalAnswer,
  listDenials: denialListSchema,
  listKeys: keyListSchema,
  listPrincipals: principalListSchema,
  listTenants: tenantListSchema,
  nameMyself: directoryEntrySchema,
  namePrincipal: directoryEntrySchema,
  showOwnTenant: tenantSchema,
  showPrincipal: principalSchema,
  listActivations: activationListSchema,
  listAuthoring: authoringListSchema,
  listExpiredBlobs: expiredBlobsSchema,
  listCertificates: certificateListSchema,
  listDecisions: authoringListSchema,
  listJobs: jobListSchema,
  listParked: parkedListSchema,
  listReviews: reviewListSchema,
  listRuns: runListSchema,
  listScripts: scriptListSchema,
  listVersions: versionListSchema,
  readLog: runLogSchema,
  showContent: contentAnswer,
  showHistory: historySchema,
  showJob: jobSchema,
  showLineage: lineageSchema,
  showParked: parkedEventSchema,
  showProjections: projectionStatusSchema,
  showRun: runSchema,
  examineRuns: runsHealthSchema,
  showPool: workerListSchema,
  showScript: scriptSchema,
  showVersion: versionSchema,
  whoAmI: whoamiSchema,
};

/** The same of the commands. */
const commands = {
  changeRoles: principalAnswer,
  createKey: createKeyAnswer,
  createPrincipal: principalAnswer,
  createTenant: createTenantAnswer,
  createTenantKey: createKeyAnswer,
  restorePrincipal: principalAnswer,
  restoreTenant: tenantAnswer,
  revokeKey: keyAnswer,
  setTenantReviewPolicy: reviewPolicyAnswer,
  suspendPrincipal: principalAnswer,
  suspendTenant: tenantAnswer,
  abortJobs: abortAnswer,
  approveVersion: versionAnswer,
  archiveVersion: versionAnswer,
  breakGlass: versionAnswer,
  cancelRun: cancelAnswer,
  changeDetails: scriptAnswer,
  createScript: scriptAnswer,
  disableScript: scriptAnswer,
  dropBuilds: jobSchema,
  dropParked: retryAnswer,
  enableScript: scriptAnswer,
  listScript: scriptAnswer,
  pauseProjections: projectionsAnswer,
  pruneVersions: pruneAnswer,
  publishVersion: versionAnswer,
  rebuildProjections: jobSchema,
  removeTrigger: triggerAnswer,
  requestChanges: versionAnswer,
  repairRuns: repairRunsAnswer,
  requestRun: requestRunAnswer,
  resumeProjections: projectionsAnswer,
  retryParked: retryAnswer,
  retireScript: scriptAnswer,
  rollBack: rollBackAnswer,
  rollBackBuilds: jobSchema,
  saveDraft: newVersionAnswer,
  setPrunePolicy: scriptAnswer,
  setReviewPolicy: scriptAnswer,
  setTrigger: triggerAnswer,
  submitForReview: versionAnswer,
  unlistScript: scriptAnswer,
  swapBuilds: jobSchema,
  sweepBlobs: sweepAnswer,
  verifyProjections: jobSchema,
  withdrawSubmission: versionAnswer,
};

export const answers = { ...queries, ...commands };

export const isCommand = (id: Known): boolean => Object.hasOwn(commands, id);

export type Known = keyof typeof answers;
export type Run = AnswerOf<'showRun'>;
export type Script = AnswerOf<'showScript'>;
export type Version = AnswerOf<'showVersion'>;
export type HistoryEntry = AnswerOf<'showHistory'>['items'][number];
export type Job = AnswerOf<'showJob'>;
export type ProjectionStatus = AnswerOf<'showProjections'>;
export type BuildReport = ProjectionStatus['builds'][number];
export type Certificate = AnswerOf<'listCertificates'>['items'][number];
export type Parked = AnswerOf<'listParked'>['items'][number];
export type Worker = AnswerOf<'showPool'>['items'][number];
export type ParkedEvent = AnswerOf<'showParked'>;
export type Review = AnswerOf<'listReviews'>['items'][number];
export type AuthoringEntry = AnswerOf<'listAuthoring'>['items'][number];
export type Activation = AnswerOf<'listActivations'>['items'][number];
export type ExpiredBlobs = AnswerOf<'listExpiredBlobs'>;
export type RunsHealth = AnswerOf<'examineRuns'>;

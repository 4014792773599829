import type { AnswerOf } from '@stemma/client';
import {
  cancelAnswer,
  contentAnswer,
  diffSchema,
  historySchema,
  newVersionAnswer,
  readinessSchema,
  requestRunAnswer,
  rollBackAnswer,
  runListSchema,
  runLogSchema,
  runSchema,
  scriptAnswer,
  scriptListSchema,
  scriptSchema,
  versionAnswer,
  versionListSchema,
  versionSchema,
  whoamiSchema,
} from '@stemma/contracts';

/** What each query that is used here answers with: looked at before it is shown. */
const queries = {
  diffVersions: diffSchema,
  isReady: readinessSchema,
  listRuns: runListSchema,
  listScripts: scriptListSchema,
  listVersions: versionListSchema,
  readLog: runLogSchema,
  showContent: contentAnswer,
  showHistory: historySchema,
  showRun: runSchema,
  showScript: scriptSchema,
  showVersion: versionSchema,
  whoAmI: whoamiSchema,
};

/** The same of the commands. */
const commands = {
  approveVersion: versionAnswer,
  cancelRun: cancelAnswer,
  changeDetails: scriptAnswer,
  createScript: scriptAnswer,
  disableScript: scriptAnswer,
  enableScript: scriptAnswer,
  publishVersion: versionAnswer,
  requestChanges: versionAnswer,
  requestRun: requestRunAnswer,
  rollBack: rollBackAnswer,
  saveDraft: newVersionAnswer,
  submitForReview: versionAnswer,
  withdrawSubmission: versionAnswer,
};

export const answers = { ...queries, ...commands };

export const isCommand = (id: Known): boolean => Object.hasOwn(commands, id);

export type Known = keyof typeof answers;
export type Run = AnswerOf<'showRun'>;
export type Script = AnswerOf<'showScript'>;
export type Version = AnswerOf<'showVersion'>;
export type HistoryEntry = AnswerOf<'showHistory'>['items'][number];

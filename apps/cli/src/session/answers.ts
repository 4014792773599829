import type { AnswerOf } from '@stemma/client';
import {
  contentAnswer,
  diffSchema,
  historySchema,
  newVersionAnswer,
  readinessSchema,
  rollBackAnswer,
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
  listScripts: scriptListSchema,
  listVersions: versionListSchema,
  showContent: contentAnswer,
  showHistory: historySchema,
  showScript: scriptSchema,
  showVersion: versionSchema,
  whoAmI: whoamiSchema,
};

/** The same of the commands. */
const commands = {
  approveVersion: versionAnswer,
  changeDetails: scriptAnswer,
  createScript: scriptAnswer,
  publishVersion: versionAnswer,
  requestChanges: versionAnswer,
  rollBack: rollBackAnswer,
  saveDraft: newVersionAnswer,
  submitForReview: versionAnswer,
  withdrawSubmission: versionAnswer,
};

export const answers = { ...queries, ...commands };

export const isCommand = (id: Known): boolean => Object.hasOwn(commands, id);

export type Known = keyof typeof answers;
export type Script = AnswerOf<'showScript'>;
export type Version = AnswerOf<'showVersion'>;
export type HistoryEntry = AnswerOf<'showHistory'>['items'][number];

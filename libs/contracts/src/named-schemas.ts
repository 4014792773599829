import type { z } from 'zod';
import { problemSchema } from './problems/problem.js';
import {
  approveVersionBody,
  changeDetailsBody,
  createScriptBody,
  disableScriptBody,
  emptyBody,
  requestChangesBody,
  rollBackBody,
  saveDraftBody,
} from './requests/script-bodies.js';
import { requestCancelBody, requestRunBody } from './requests/run-bodies.js';
import {
  dropBody,
  dropParkedBody,
  projectionsBody,
  rebuildBody,
  retryParkedBody,
  swapBody,
} from './requests/projection-bodies.js';
import {
  abortAnswer,
  buildReportSchema,
  certificateListSchema,
  certificateSchema,
  jobListSchema,
  jobSchema,
  parkedEventSchema,
  parkedListSchema,
  parkedSchema,
  projectionsAnswer,
  projectionStatusSchema,
  retryAnswer,
} from './responses/projections.js';
import {
  newVersionAnswer,
  rollBackAnswer,
  scriptAnswer,
  versionAnswer,
} from './responses/command-answers.js';
import {
  activationListSchema,
  activationSchema,
  authoringEntrySchema,
  authoringListSchema,
} from './responses/authoring.js';
import { diffSchema } from './responses/diff.js';
import { livenessSchema, readinessSchema } from './responses/health.js';
import { historyEntrySchema, historySchema } from './responses/history.js';
import { lineageSchema } from './responses/lineage.js';
import { reviewListSchema, reviewSchema } from './responses/review.js';
import {
  cancelAnswer,
  fileAnswer,
  requestRunAnswer,
  runListSchema,
  runLogSchema,
  runSchema,
} from './responses/run.js';
import { scriptListSchema, scriptSchema } from './responses/script.js';
import { contentAnswer, versionListSchema, versionSchema } from './responses/version.js';
import { whoamiSchema } from './responses/whoami.js';

type Named = Readonly<Record<string, z.ZodType>>;

/** The schemas that stand in the OpenAPI document under a name of their own; the generated client uses the names. */
export const namedSchemas = {
  requests: {
    ApproveVersionBody: approveVersionBody,
    ChangeDetailsBody: changeDetailsBody,
    CreateScriptBody: createScriptBody,
    DisableScriptBody: disableScriptBody,
    DropBuildsBody: dropBody,
    DropParkedBody: dropParkedBody,
    EmptyBody: emptyBody,
    ProjectionsBody: projectionsBody,
    RebuildBody: rebuildBody,
    RequestCancelBody: requestCancelBody,
    RequestChangesBody: requestChangesBody,
    RequestRunBody: requestRunBody,
    RetryParkedBody: retryParkedBody,
    RollBackBody: rollBackBody,
    SaveDraftBody: saveDraftBody,
    SwapBuildBody: swapBody,
  },
  responses: {
    AbortAnswer: abortAnswer,
    BuildReport: buildReportSchema,
    Activation: activationSchema,
    ActivationList: activationListSchema,
    AuthoringEntry: authoringEntrySchema,
    AuthoringList: authoringListSchema,
    CancelAnswer: cancelAnswer,
    Certificate: certificateSchema,
    CertificateList: certificateListSchema,
    Content: contentAnswer,
    Diff: diffSchema,
    FileAnswer: fileAnswer,
    History: historySchema,
    HistoryEntry: historyEntrySchema,
    Job: jobSchema,
    JobList: jobListSchema,
    Lineage: lineageSchema,
    Liveness: livenessSchema,
    NewVersionAnswer: newVersionAnswer,
    Parked: parkedSchema,
    ParkedEvent: parkedEventSchema,
    ParkedList: parkedListSchema,
    Problem: problemSchema,
    ProjectionStatus: projectionStatusSchema,
    ProjectionsAnswer: projectionsAnswer,
    Readiness: readinessSchema,
    RequestRunAnswer: requestRunAnswer,
    RetryAnswer: retryAnswer,
    Review: reviewSchema,
    ReviewList: reviewListSchema,
    RollBackAnswer: rollBackAnswer,
    Run: runSchema,
    RunList: runListSchema,
    RunLog: runLogSchema,
    Script: scriptSchema,
    ScriptAnswer: scriptAnswer,
    ScriptList: scriptListSchema,
    Version: versionSchema,
    VersionAnswer: versionAnswer,
    VersionList: versionListSchema,
    Whoami: whoamiSchema,
  },
} as const satisfies { readonly requests: Named; readonly responses: Named };

import type { EventMetadata, RunEvent, StemmaEvent } from '@stemma/domain/events';
import { defineProjection, ignored, type Recorded, type RowKey, rowKey } from '@stemma/read-model';
import { runRows } from './runs.tables.js';

const touches = ({ data }: Recorded<RunEvent, EventMetadata>): readonly RowKey[] => [
  rowKey(runRows, { runId: data.runId }),
];

/** Which runs there were, of what, by whom, and how each ended. */
export const runs = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'runs',
  version: 2,
  tables: [runRows],
  handlers: {
    RunRequested: {
      touches,
      apply: ({ data, metadata }, rows) => {
        const { trigger, retries = null, subject = null, connector = null, ...request } = data;
        rows.put(runRows, {
          ...request,
          tenantId: metadata.tenantId,
          trigger: trigger.kind,
          limits: { ...request.limits },
          status: 'pending',
          reason: null,
          attempt: 0,
          attempts: [],
          failures: 0,
          failedAt: null,
          retryAfterMs: null,
          retries,
          subject,
          connector,
          variables: {},
          requestedBy: metadata.actor.id,
          requestedAt: metadata.at,
          startedAt: null,
          cancelRequested: false,
          cancelledBy: null,
          cancelRequestedAt: null,
          endedAt: null,
          prepareMs: null,
          runMs: null,
          exitCode: null,
          output: null,
          error: null,
          artifacts: [],
          log: null,
        });
      },
    },
    RunStarted: {
      touches,
      apply: ({ data: { runId, ...start }, metadata }, rows) => {
        const { attempts } = rows.require(runRows, { runId });
        rows.change(
          runRows,
          { runId },
          {
            status: 'running',
            attempt: start.attempt,
            attempts: [...attempts, { ...start, at: metadata.at }],
            startedAt: metadata.at,
            failedAt: null,
            retryAfterMs: null,
          },
        );
      },
    },
    RunAttemptFailed: {
      touches,
      apply: ({ data, metadata }, rows) => {
        const { runId, status, reason, error, exitCode, log, durations, retryAfterMs } = data;
        const { attempts, failures } = rows.require(runRows, { runId });
        const { runMs } = durations;
        const failed = { status, reason, error, exitCode, log, runMs, endedAt: metadata.at, retryAfterMs };
        rows.change(
          runRows,
          { runId },
          {
            status: 'pending',
            attempts: attempts.map((one) => (one.attempt === data.attempt ? { ...one, failed } : one)),
            failures: failures + 1,
            failedAt: metadata.at,
            retryAfterMs,
          },
        );
      },
    },
    RunCancelRequested: {
      touches,
      apply: ({ data: { runId }, metadata }, rows) =>
        rows.change(
          runRows,
          { runId },
          { cancelRequested: true, cancelledBy: metadata.actor.id, cancelRequestedAt: metadata.at },
        ),
    },
    RunCompleted: {
      touches,
      apply: ({ data, metadata }, rows) => {
        const { runId, status, reason, exitCode, output, error, artifacts, log, durations } = data;
        const { variables = {} } = data;
        rows.change(
          runRows,
          { runId },
          {
            ...{ status, reason, exitCode, output, error, artifacts, log, variables },
            ...durations,
            failedAt: null,
            retryAfterMs: null,
            endedAt: metadata.at,
          },
        );
      },
    },
    ScriptCreated: ignored,
    ScriptDetailsChanged: ignored,
    DraftCreated: ignored,
    SubmittedForReview: ignored,
    SubmissionWithdrawn: ignored,
    ChangesRequested: ignored,
    VersionApproved: ignored,
    VersionPublished: ignored,
    VersionArchived: ignored,
    ScriptEnabled: ignored,
    ScriptDisabled: ignored,
    ScriptListed: ignored,
    ScriptUnlisted: ignored,
    TriggerSet: ignored,
    TriggerRemoved: ignored,
    ReviewPolicySet: ignored,
    PrunePolicySet: ignored,
    VersionsPruned: ignored,
    ScriptRetired: ignored,
    ContentStored: ignored,
    ContentReferenced: ignored,
    PrincipalCreated: ignored,
    PrincipalRolesChanged: ignored,
    PrincipalSuspended: ignored,
    PrincipalRestored: ignored,
    ApiKeyCreated: ignored,
    ApiKeyRevoked: ignored,
    RouteClaimed: ignored,
    RouteReleased: ignored,
    SecretSet: ignored,
    SecretDescribed: ignored,
    SecretRemoved: ignored,
    SecretKeyWrapped: ignored,
    TenantCreated: ignored,
    TenantSuspended: ignored,
    TenantRestored: ignored,
    TenantReviewPolicySet: ignored,
    AttemptsDenied: ignored,
    LogCreated: ignored,
  },
});

import type { EventMetadata, ScriptEvent, StemmaEvent } from '@stemma/domain/events';
import {
  defineProjection,
  ignored,
  type Recorded,
  type RowKey,
  rowKey,
  type RowOf,
  type Rows,
} from '@stemma/read-model';
import { draftRows, type Policy, reviewRows, scriptRows } from './reviews.tables.js';

type OfScript = Recorded<ScriptEvent, EventMetadata>;
type ReviewRow = RowOf<typeof reviewRows>;

const reviewOf = ({ data: { scriptId } }: OfScript): RowKey => rowKey(reviewRows, { scriptId });
const scriptOf = ({ data: { scriptId } }: OfScript): RowKey => rowKey(scriptRows, { scriptId });
const touchesReview = (event: OfScript): readonly RowKey[] => [reviewOf(event)];
const touchesBoth = (event: OfScript): readonly RowKey[] => [scriptOf(event), reviewOf(event)];

const close = ({ data: { scriptId } }: OfScript, rows: Rows): void => rows.remove(reviewRows, { scriptId });

/** Changes the open review, if there is one. */
function changeOpen(
  { data: { scriptId } }: OfScript,
  rows: Rows,
  columns: (review: ReviewRow) => Partial<ReviewRow>,
): void {
  const review = rows.get(reviewRows, { scriptId });
  if (review) rows.put(reviewRows, counted({ ...review, ...columns(review) }));
}

const counted = (review: ReviewRow): ReviewRow => ({
  ...review,
  approvedBy: review.approvals.map(({ by }) => by),
  missing: Math.max(0, review.requiredApprovals - review.approvals.length),
});

/** A loosened policy serves later submissions only (DESIGN §3). */
const stricter = (one: Policy, other: Policy): Policy => ({
  requiredApprovals: Math.max(one.requiredApprovals, other.requiredApprovals),
  fourEyes: one.fourEyes || other.fourEyes,
});

/** Which versions wait for somebody's decision, whose, and since when. */
export const reviews = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'reviews',
  version: 1,
  tables: [reviewRows, scriptRows, draftRows],
  handlers: {
    ScriptCreated: {
      touches: (event) => [scriptOf(event)],
      apply: ({ data: { scriptId, slug, details }, metadata: { tenantId } }, rows) =>
        rows.put(scriptRows, { tenantId, scriptId, slug, name: details.name, labels: details.labels }),
    },
    ScriptDetailsChanged: {
      touches: touchesBoth,
      apply: (event, rows) => {
        const { name, labels } = event.data.details;
        rows.change(scriptRows, { scriptId: event.data.scriptId }, { name, labels });
        changeOpen(event, rows, () => ({ name, labels }));
      },
    },
    DraftCreated: {
      touches: ({ data: { scriptId, number } }) => [rowKey(draftRows, { scriptId, number })],
      apply: ({ data: { scriptId, number, contentHash, changeSummary }, metadata }, rows) =>
        rows.put(draftRows, {
          tenantId: metadata.tenantId,
          scriptId,
          number,
          author: metadata.actor.id,
          contentHash,
          changeSummary,
        }),
    },
    SubmittedForReview: {
      touches: (event) => {
        const { scriptId, number } = event.data;
        return [...touchesBoth(event), rowKey(draftRows, { scriptId, number })];
      },
      apply: (event, rows) => {
        const { scriptId, number, versionId, round, policy } = event.data;
        const { author, contentHash, changeSummary } = rows.require(draftRows, { scriptId, number });
        rows.put(
          reviewRows,
          counted({
            ...rows.require(scriptRows, { scriptId }),
            number,
            versionId,
            contentHash,
            changeSummary,
            author,
            round,
            policy,
            ...policy,
            missing: 0,
            approvals: [],
            approvedBy: [],
            submittedBy: event.metadata.actor.id,
            submittedAt: event.metadata.at,
          }),
        );
      },
    },
    VersionApproved: {
      touches: touchesReview,
      apply: (event, rows) =>
        changeOpen(event, rows, ({ approvals }) => {
          const { actor, at } = event.metadata;
          return { approvals: [...approvals, { by: actor.id, at, note: event.data.reviewNote }] };
        }),
    },
    SubmissionWithdrawn: { touches: touchesReview, apply: close },
    ChangesRequested: { touches: touchesReview, apply: close },
    VersionPublished: {
      touches: touchesReview,
      apply: (event, rows) => {
        const { scriptId, number } = event.data;
        if (rows.get(reviewRows, { scriptId })?.number === number) close(event, rows);
      },
    },
    ReviewPolicySet: {
      touches: touchesReview,
      apply: (event, rows) =>
        changeOpen(event, rows, ({ policy }) => stricter(policy, event.data.policy ?? policy)),
    },
    ScriptRetired: { touches: touchesReview, apply: close },
    VersionArchived: ignored,
    ScriptEnabled: ignored,
    ScriptDisabled: ignored,
    ScriptListed: ignored,
    ScriptUnlisted: ignored,
    TriggerSet: ignored,
    TriggerRemoved: ignored,
    PrunePolicySet: ignored,
    VersionsPruned: ignored,
    ContentStored: ignored,
    ContentReferenced: ignored,
    PrincipalCreated: ignored,
    PrincipalRolesChanged: ignored,
    PrincipalSuspended: ignored,
    PrincipalRestored: ignored,
    ApiKeyCreated: ignored,
    ApiKeyRevoked: ignored,
    RunRequested: ignored,
    RunStarted: ignored,
    RunAttemptFailed: ignored,
    RunCancelRequested: ignored,
    RunCompleted: ignored,
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

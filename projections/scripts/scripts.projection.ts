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
import { scriptRows } from './scripts.tables.js';

type OfScript = Recorded<ScriptEvent, EventMetadata>;
type ScriptRow = RowOf<typeof scriptRows>;

const touches = ({ data }: OfScript): readonly RowKey[] => [rowKey(scriptRows, { scriptId: data.scriptId })];

/** Every event of a script's stream moves its revision, and says who changed it last. */
const changedBy = ({ metadata, revision }: OfScript) => ({
  changedBy: metadata.actor.id,
  changedAt: metadata.at,
  revision,
});

function change(event: OfScript, rows: Rows, columns: Partial<ScriptRow>): void {
  rows.change(scriptRows, { scriptId: event.data.scriptId }, { ...columns, ...changedBy(event) });
}

/** Which scripts there are, and where each one stands. */
export const scripts = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'scripts',
  version: 2,
  tables: [scriptRows],
  handlers: {
    ScriptCreated: {
      touches,
      apply: (event, rows) => {
        const { scriptId, slug, kind, type, details } = event.data;
        const { tenantId, actor, at } = event.metadata;
        rows.put(scriptRows, {
          tenantId,
          scriptId,
          slug,
          kind,
          type,
          name: details.name,
          description: details.description,
          labels: details.labels,
          enabled: true,
          status: 'draft',
          latestNumber: 0,
          activeNumber: null,
          activeVersionId: null,
          headDraft: null,
          inReviewNumber: null,
          createdBy: actor.id,
          createdAt: at,
          ...changedBy(event),
        });
      },
    },
    ScriptDetailsChanged: {
      touches,
      apply: (event, rows) => {
        const { name, description, labels } = event.data.details;
        change(event, rows, { name, description, labels });
      },
    },
    DraftCreated: {
      touches,
      apply: (event, rows) => {
        const { number } = event.data;
        change(event, rows, { latestNumber: number, headDraft: number });
      },
    },
    SubmittedForReview: {
      touches,
      apply: (event, rows) => change(event, rows, { inReviewNumber: event.data.number }),
    },
    SubmissionWithdrawn: { touches, apply: (event, rows) => change(event, rows, { inReviewNumber: null }) },
    ChangesRequested: { touches, apply: (event, rows) => change(event, rows, { inReviewNumber: null }) },
    VersionApproved: { touches, apply: (event, rows) => change(event, rows, {}) },
    VersionPublished: {
      touches,
      apply: (event, rows) => {
        const { scriptId, number, versionId } = event.data;
        const { headDraft, inReviewNumber } = rows.require(scriptRows, { scriptId });
        change(event, rows, {
          status: 'published',
          activeNumber: number,
          activeVersionId: versionId,
          headDraft: headDraft === number ? null : headDraft,
          inReviewNumber: inReviewNumber === number ? null : inReviewNumber,
        });
      },
    },
    VersionArchived: {
      touches,
      apply: (event, rows) =>
        change(event, rows, { status: 'archived', activeNumber: null, activeVersionId: null }),
    },
    ScriptEnabled: { touches, apply: (event, rows) => change(event, rows, { enabled: true }) },
    ScriptDisabled: { touches, apply: (event, rows) => change(event, rows, { enabled: false }) },
    ScriptListed: { touches, apply: (event, rows) => change(event, rows, {}) },
    ScriptUnlisted: { touches, apply: (event, rows) => change(event, rows, {}) },
    TriggerSet: { touches, apply: (event, rows) => change(event, rows, {}) },
    TriggerRemoved: { touches, apply: (event, rows) => change(event, rows, {}) },
    ReviewPolicySet: { touches, apply: (event, rows) => change(event, rows, {}) },
    PrunePolicySet: { touches, apply: (event, rows) => change(event, rows, {}) },
    VersionsPruned: { touches, apply: (event, rows) => change(event, rows, {}) },
    ScriptRetired: { touches, apply: (event, rows) => change(event, rows, {}) },
    ContentStored: ignored,
    ContentReferenced: ignored,
    PrincipalCreated: ignored,
    PrincipalRolesChanged: ignored,
    PrincipalSuspended: ignored,
    PrincipalRestored: ignored,
    ApiKeyCreated: ignored,
    ApiKeyRevoked: ignored,
    TenantCreated: ignored,
    TenantSuspended: ignored,
    TenantRestored: ignored,
    TenantReviewPolicySet: ignored,
    AttemptsDenied: ignored,
    RunRequested: ignored,
    RunStarted: ignored,
    RunCancelRequested: ignored,
    RunCompleted: ignored,
    RouteClaimed: ignored,
    RouteReleased: ignored,
    LogCreated: ignored,
  },
});

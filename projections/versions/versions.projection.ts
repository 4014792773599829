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
import { slugRows, versionRows } from './versions.tables.js';

type OfVersion = Recorded<Extract<ScriptEvent, { data: { versionId: string } }>, EventMetadata>;
type VersionRow = RowOf<typeof versionRows>;

const keyOf = ({ data: { scriptId, number } }: OfVersion) => ({ scriptId, number });
const touches = (event: OfVersion): readonly RowKey[] => [rowKey(versionRows, keyOf(event))];
const by = ({ metadata }: OfVersion) => ({ by: metadata.actor.id, at: metadata.at });

function change(event: OfVersion, rows: Rows, columns: (version: VersionRow) => Partial<VersionRow>): void {
  rows.change(versionRows, keyOf(event), columns(rows.require(versionRows, keyOf(event))));
}

/** Which versions a script has, and what was done to each by whom. */
export const versions = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'versions',
  version: 2,
  tables: [versionRows, slugRows],
  handlers: {
    ScriptCreated: {
      touches: ({ data: { scriptId } }) => [rowKey(slugRows, { scriptId })],
      apply: ({ data: { scriptId, slug }, metadata: { tenantId } }, rows) =>
        rows.put(slugRows, { tenantId, scriptId, slug }),
    },
    DraftCreated: {
      touches,
      apply: (event, rows) =>
        rows.put(versionRows, {
          ...event.data,
          tenantId: event.metadata.tenantId,
          state: 'draft',
          createdBy: event.metadata.actor.id,
          createdAt: event.metadata.at,
          submissions: [],
          withdrawals: [],
          requestedChanges: [],
          approvals: [],
          publishedBy: null,
          publishedAt: null,
          publishedPolicy: null,
          breakGlassReason: null,
          archivedBy: null,
          archivedAt: null,
          supersededByNumber: null,
          prunedBy: null,
          prunedAt: null,
        }),
    },
    SubmittedForReview: {
      touches,
      apply: (event, rows) =>
        change(event, rows, ({ submissions }) => {
          const { round, policy } = event.data;
          return { state: 'in_review', submissions: [...submissions, { round, policy, ...by(event) }] };
        }),
    },
    SubmissionWithdrawn: {
      touches,
      apply: (event, rows) =>
        change(event, rows, ({ withdrawals }) => {
          const { round } = event.data;
          return { state: 'draft', withdrawals: [...withdrawals, { round, ...by(event) }] };
        }),
    },
    ChangesRequested: {
      touches,
      apply: (event, rows) =>
        change(event, rows, ({ requestedChanges }) => {
          const { round, reviewNote: note } = event.data;
          return { state: 'draft', requestedChanges: [...requestedChanges, { round, note, ...by(event) }] };
        }),
    },
    VersionApproved: {
      touches,
      apply: (event, rows) =>
        change(event, rows, ({ approvals }) => {
          const { round, contentHash, reviewNote: note } = event.data;
          return { approvals: [...approvals, { round, contentHash, note, ...by(event) }] };
        }),
    },
    VersionPublished: {
      touches,
      apply: (event, rows) => {
        const { actor, at } = event.metadata;
        rows.change(versionRows, keyOf(event), {
          state: 'active',
          publishedBy: actor.id,
          publishedAt: at,
          publishedPolicy: event.data.policy,
          breakGlassReason: event.data.breakGlass?.reason ?? null,
        });
      },
    },
    VersionArchived: {
      touches,
      apply: (event, rows) => {
        const { actor, at } = event.metadata;
        rows.change(versionRows, keyOf(event), {
          state: 'archived',
          archivedBy: actor.id,
          archivedAt: at,
          supersededByNumber: event.data.supersededBy?.number ?? null,
        });
      },
    },
    ScriptDetailsChanged: ignored,
    ScriptEnabled: ignored,
    ScriptDisabled: ignored,
    ScriptListed: ignored,
    ScriptUnlisted: ignored,
    TriggerSet: ignored,
    TriggerRemoved: ignored,
    ReviewPolicySet: ignored,
    PrunePolicySet: ignored,
    VersionsPruned: {
      touches: ({ data: { scriptId, versions: pruned } }) =>
        pruned.map(({ number }) => rowKey(versionRows, { scriptId, number })),
      apply: ({ data: { scriptId, versions: pruned }, metadata: { actor, at } }, rows) => {
        for (const { number } of pruned) {
          rows.change(versionRows, { scriptId, number }, { prunedBy: actor.id, prunedAt: at });
        }
      },
    },
    ScriptRetired: ignored,
    ContentStored: ignored,
    ContentReferenced: ignored,
    PrincipalCreated: ignored,
    PrincipalRolesChanged: ignored,
    PrincipalSuspended: ignored,
    PrincipalRestored: ignored,
    ApiKeyCreated: ignored,
    ApiKeyRevoked: ignored,
    SecretSet: ignored,
    SecretDescribed: ignored,
    SecretRemoved: ignored,
    SecretKeyWrapped: ignored,
    TenantCreated: ignored,
    TenantSuspended: ignored,
    TenantRestored: ignored,
    TenantReviewPolicySet: ignored,
    AttemptsDenied: ignored,
    RunRequested: ignored,
    RunStarted: ignored,
    RunAttemptFailed: ignored,
    RunCancelRequested: ignored,
    RunCompleted: ignored,
    RouteClaimed: ignored,
    RouteReleased: ignored,
    LogCreated: ignored,
  },
});

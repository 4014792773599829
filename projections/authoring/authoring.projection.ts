import type { DraftCreated, EventMetadata, StemmaEvent } from '@stemma/domain/events';
import {
  changesBetween,
  defineProjection,
  ignored,
  type Recorded,
  type RowKey,
  rowKey,
  type Rows,
} from '@stemma/read-model';
import { applyArchived, applyPublished, touchesActivation } from './activations.js';
import { activationRows, authoringRows, draftRows, scriptRows } from './authoring.tables.js';
import { governance, ungoverned } from './governance.js';
import {
  recordChange,
  recordSaying,
  stateChange,
  touchesChange as touches,
  withoutAbsent,
} from './record-change.js';

type Drafted = Recorded<DraftCreated, EventMetadata>;

const touchesDraft = (event: Drafted): readonly RowKey[] => {
  const { scriptId, versionId, derivedFromVersionId: origin } = event.data;
  const made = rowKey(draftRows, { scriptId, versionId });
  const from = origin === null ? [] : [rowKey(draftRows, { scriptId, versionId: origin })];
  return [...touches(event), made, ...from];
};

const actionOf = { saved: 'save', rollback: 'rollback', import: 'import' } as const;

/** A new version is told by what it was made from. */
function applyDraft(event: Drafted, rows: Rows): void {
  const { scriptId, versionId, number, contentHash, origin, changeSummary } = event.data;
  const { derivedFromVersionId: source } = event.data;
  const { tenantId } = event.metadata;
  rows.put(draftRows, { tenantId, scriptId, versionId, number, contentHash, origin, changeSummary });
  const from = source === null ? undefined : rows.get(draftRows, { scriptId, versionId: source });
  const before = from && { number: from.number, contentHash: from.contentHash };
  const changes = changesBetween(before ?? {}, { number, contentHash });
  recordChange(event, rows, { action: actionOf[origin], number, changes, note: changeSummary });
}

/** Who changed what about every script, when and why: every change has a row, and each time that a version became active. */
export const authoring = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'authoring',
  version: 1,
  tables: [authoringRows, activationRows, scriptRows, draftRows],
  handlers: {
    ScriptCreated: {
      touches,
      apply: (event, rows) => {
        const { scriptId, slug, kind, type, details } = event.data;
        const { tenantId } = event.metadata;
        const born = withoutAbsent({ slug, kind, type, ...details });
        const says = { ...born, ...ungoverned };
        rows.put(scriptRows, { tenantId, scriptId, slug, says, active: null, replaced: null });
        recordChange(event, rows, { action: 'create', changes: changesBetween({}, born) });
      },
    },
    ScriptDetailsChanged: {
      touches,
      apply: (event, rows) =>
        recordSaying(event, rows, { action: 'update' }, () => ({ ...event.data.details })),
    },
    DraftCreated: { touches: touchesDraft, apply: applyDraft },
    SubmittedForReview: {
      touches,
      apply: (event, rows) => {
        const { number, round, policy } = event.data;
        const changes = [stateChange(number, 'draft', 'in_review')];
        recordChange(event, rows, { action: 'submit', number, round, policy, changes });
      },
    },
    SubmissionWithdrawn: {
      touches,
      apply: (event, rows) => {
        const { number, round } = event.data;
        const changes = [stateChange(number, 'in_review', 'draft')];
        recordChange(event, rows, { action: 'withdraw', number, round, changes });
      },
    },
    ChangesRequested: {
      touches,
      apply: (event, rows) => {
        const { number, round, reviewNote: note } = event.data;
        const changes = [stateChange(number, 'in_review', 'draft')];
        recordChange(event, rows, { action: 'request-changes', number, round, note, changes });
      },
    },
    VersionApproved: {
      touches,
      apply: (event, rows) => {
        const { number, round, reviewNote: note } = event.data;
        recordChange(event, rows, { action: 'approve', number, round, note });
      },
    },
    VersionPublished: { touches: touchesActivation, apply: applyPublished },
    VersionArchived: { touches: touchesActivation, apply: applyArchived },
    ScriptEnabled: {
      touches,
      apply: (event, rows) => recordSaying(event, rows, { action: 'enable' }, () => ({ enabled: true })),
    },
    ScriptDisabled: {
      touches,
      apply: (event, rows) => {
        const told = { action: 'disable', note: event.data.reason } as const;
        recordSaying(event, rows, told, () => ({ enabled: false }));
      },
    },
    ...governance,
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

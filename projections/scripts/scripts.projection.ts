import type {
  EventMetadata,
  ScriptCreated,
  ScriptDetails,
  ScriptEvent,
  StemmaEvent,
  TriggerRemoved,
  TriggerSet,
} from '@stemma/domain/events';
import {
  defineProjection,
  ignored,
  type Recorded,
  type RowKey,
  rowKey,
  type RowOf,
  type Rows,
} from '@stemma/read-model';
import { scriptRows, termRows, type Trigger } from './scripts.tables.js';
import { putTerms, termsOf, touchesTerms } from './terms.js';

type OfScript = Recorded<ScriptEvent, EventMetadata>;
type TriggerEvent = Recorded<TriggerSet | TriggerRemoved, EventMetadata>;
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

const described = ({ name, description, labels, ...more }: ScriptDetails) => {
  const { intents = [], languageCodes = [], embeddingKey = null } = more;
  return { name, description, labels, intents, languageCodes, embeddingKey };
};

function applyCreated(event: Recorded<ScriptCreated, EventMetadata>, rows: Rows): void {
  const { scriptId, slug, kind, type, details } = event.data;
  const { tenantId, actor, at } = event.metadata;
  rows.put(scriptRows, {
    tenantId,
    scriptId,
    slug,
    kind,
    type,
    ...described(details),
    enabled: true,
    listed: false,
    retired: false,
    status: 'draft',
    latestNumber: 0,
    activeNumber: null,
    activeVersionId: null,
    headDraft: null,
    inReviewNumber: null,
    reviewPolicy: null,
    prunePolicy: null,
    triggers: {},
    createdBy: actor.id,
    createdAt: at,
    ...changedBy(event),
  });
  putTerms(rows, { tenantId, scriptId }, termsOf(slug, details));
}

/** The triggers of a script by name, with one of them as it is now, or without it. */
function withTrigger(event: TriggerEvent, rows: Rows, trigger: Trigger | null): void {
  const { scriptId, name } = event.data;
  const { [name]: _before, ...others } = rows.require(scriptRows, { scriptId }).triggers;
  change(event, rows, { triggers: trigger === null ? others : { ...others, [name]: trigger } });
}

/** Which scripts there are, and where each one stands. */
export const scripts = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'scripts',
  version: 2,
  tables: [scriptRows, termRows],
  handlers: {
    ScriptCreated: {
      touches: (event) => [...touches(event), touchesTerms(event.data.scriptId)],
      apply: applyCreated,
    },
    ScriptDetailsChanged: {
      touches: (event) => [...touches(event), touchesTerms(event.data.scriptId)],
      apply: (event, rows) => {
        const { scriptId, details } = event.data;
        const { tenantId, slug } = rows.require(scriptRows, { scriptId });
        change(event, rows, described(details));
        putTerms(rows, { tenantId, scriptId }, termsOf(slug, details));
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
    ScriptListed: { touches, apply: (event, rows) => change(event, rows, { listed: true }) },
    ScriptUnlisted: { touches, apply: (event, rows) => change(event, rows, { listed: false }) },
    TriggerSet: { touches, apply: (event, rows) => withTrigger(event, rows, event.data.trigger) },
    TriggerRemoved: { touches, apply: (event, rows) => withTrigger(event, rows, null) },
    ReviewPolicySet: {
      touches,
      apply: (event, rows) => change(event, rows, { reviewPolicy: event.data.policy }),
    },
    PrunePolicySet: {
      touches,
      apply: (event, rows) => change(event, rows, { prunePolicy: event.data.policy }),
    },
    VersionsPruned: { touches, apply: (event, rows) => change(event, rows, {}) },
    ScriptRetired: {
      touches,
      apply: (event, rows) => change(event, rows, { retired: true, headDraft: null, inReviewNumber: null }),
    },
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

import type { EventMetadata, SecretEvent, StemmaEvent } from '@stemma/domain/events';
import { defineProjection, ignored, type Recorded, type RowKey, rowKey } from '@stemma/read-model';
import { secretRows } from './secrets.tables.js';

type OfSecret = Recorded<SecretEvent, EventMetadata>;

const touches = ({ data: { secretId } }: OfSecret): readonly RowKey[] => [rowKey(secretRows, { secretId })];

/** Which secrets scripts can be given: their names, versions and who set them when. */
export const secrets = defineProjection<StemmaEvent, EventMetadata>()({
  name: 'secrets',
  version: 1,
  tables: [secretRows],
  handlers: {
    SecretSet: {
      touches,
      apply: ({ data, metadata: { tenantId, actor, at } }, rows) => {
        const { secretId, name, version, life, description, sandbox } = data;
        const before = rows.get(secretRows, { secretId }) ?? { createdAt: at, createdBy: actor.id };
        const { createdAt, createdBy } = before;
        const set = { name, version, life, description, sandbox, setAt: at, setBy: actor.id };
        rows.put(secretRows, { tenantId, secretId, createdAt, createdBy, ...set });
      },
    },
    SecretDescribed: {
      touches,
      apply: ({ data: { secretId, description, sandbox } }, rows) =>
        rows.change(secretRows, { secretId }, { description, sandbox }),
    },
    SecretRemoved: {
      touches,
      apply: ({ data: { secretId } }, rows) => rows.remove(secretRows, { secretId }),
    },
    ScriptCreated: ignored,
    ScriptDetailsChanged: ignored,
    DraftCreated: ignored,
    SubmittedForReview: ignored,
    VersionApproved: ignored,
    SubmissionWithdrawn: ignored,
    ChangesRequested: ignored,
    VersionPublished: ignored,
    ReviewPolicySet: ignored,
    ScriptRetired: ignored,
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
    SecretKeyWrapped: ignored,
    TenantCreated: ignored,
    TenantSuspended: ignored,
    TenantRestored: ignored,
    TenantReviewPolicySet: ignored,
    AttemptsDenied: ignored,
    LogCreated: ignored,
  },
});

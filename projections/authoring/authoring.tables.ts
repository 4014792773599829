import { type Change, column, type Json, table } from '@stemma/read-model';

const { bigint, instant, integer, json, nullable, oneOf, text, uuid } = column;

export interface Policy {
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
}

/** What a script says of itself: details, switches, policies, triggers. What a change changed is told by it. */
export type Sayings = Readonly<Record<string, Json>>;

/** The version that is active, or was. */
export interface Active {
  readonly number: number;
  readonly contentHash: string;
}

/** Every change of every script: what was done, what became different, why, by whom and when (R-D8). Owned by the script's stream. */
export const authoringRows = table({
  name: 'authoring',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    /** Of the event, in the script's stream. */
    revision: bigint,
    /** Of the event, in the log. */
    position: bigint,
    slug: text,
    action: oneOf(
      'create',
      'update',
      'save',
      'import',
      'rollback',
      'submit',
      'withdraw',
      'request-changes',
      'approve',
      'publish',
      'break-glass',
      'archive',
      'enable',
      'disable',
      'list',
      'unlist',
      'set-trigger',
      'remove-trigger',
      'set-review-policy',
      'set-prune-policy',
      'prune',
      'retire',
    ),
    /** Of the version it was done to. */
    number: nullable(integer),
    /** Of review. */
    round: nullable(integer),
    changes: json<readonly Change[]>(),
    note: nullable(text),
    /** The review policy that applied to a submission or a publish. */
    policy: nullable(json<Policy>()),
    by: text,
    actorKind: oneOf('user', 'service', 'schedule', 'system'),
    at: instant,
  },
  key: ['scriptId', 'revision'],
  indexes: [
    { on: ['tenantId', 'at', 'position', 'revision'] },
    { on: ['tenantId', 'slug', 'at', 'position', 'revision'] },
    { on: ['tenantId', 'by', 'at', 'position', 'revision'] },
    { on: ['tenantId', 'action', 'at', 'position', 'revision'] },
  ],
});

/** Each time that a version became the active one, and how that ended. Owned by the script's stream. */
export const activationRows = table({
  name: 'activations',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    slug: text,
    number: integer,
    versionId: uuid,
    contentHash: text,
    how: oneOf('review', 'rollback', 'break-glass'),
    /** The words of a rollback or of a broken glass. */
    note: nullable(text),
    replacedNumber: nullable(integer),
    by: text,
    at: instant,
    endedBy: nullable(text),
    endedAt: nullable(instant),
    supersededByNumber: nullable(integer),
  },
  key: ['scriptId', 'number'],
  indexes: [{ on: ['tenantId', 'slug', 'number'] }],
});

/** What each script last said of itself, and which version it last had active. Owned by the script's stream. */
export const scriptRows = table({
  name: 'scripts',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    slug: text,
    says: json<Sayings>(),
    active: nullable(json<Active>()),
    /** Archived to make room for the version that is published in the same append. */
    replaced: nullable(json<Active>()),
  },
  key: ['scriptId'],
});

/** What each version was made of. Owned by the script's stream. */
export const draftRows = table({
  name: 'drafts',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    versionId: uuid,
    number: integer,
    contentHash: text,
    origin: oneOf('saved', 'rollback', 'import'),
    changeSummary: nullable(text),
  },
  key: ['scriptId', 'versionId'],
});

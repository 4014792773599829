import { column, table } from '@stemma/read-model';

const { instant, integer, json, nullable, oneOf, text, uuid } = column;

/** Which policy applied, as the event recorded it. */
export interface Policy {
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
}

/** One act on a version: who, when, in which round of review. */
export interface Act {
  readonly round: number;
  readonly by: string;
  readonly at: string;
}

export interface Submission extends Act {
  readonly policy: Policy;
}

export interface Approval extends Act {
  readonly contentHash: string;
  readonly note: string | null;
}

export interface RequestedChanges extends Act {
  readonly note: string;
}

/** Where the slug of a script is looked up: versions name their script by id. Owned by the script's stream. */
export const slugRows = table({
  name: 'slugs',
  columns: { tenantId: uuid, scriptId: uuid, slug: text },
  key: ['scriptId'],
  indexes: [{ on: ['tenantId', 'slug'] }],
});

/**
 * What each version is and all that was done to it: each fact has its own place with its own actor and time, and none
 * overwrites another (R-A5). Owned by the script's stream.
 */
export const versionRows = table({
  name: 'versions',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    number: integer,
    versionId: uuid,
    state: oneOf('draft', 'in_review', 'active', 'archived'),
    contentHash: text,
    derivedFromVersionId: nullable(uuid),
    origin: oneOf('saved', 'rollback', 'import'),
    changeSummary: nullable(text),
    sameContentAs: nullable(integer),
    createdBy: text,
    createdAt: instant,
    submissions: json<readonly Submission[]>(),
    withdrawals: json<readonly Act[]>(),
    requestedChanges: json<readonly RequestedChanges[]>(),
    approvals: json<readonly Approval[]>(),
    publishedBy: nullable(text),
    publishedAt: nullable(instant),
    publishedPolicy: nullable(json<Policy>()),
    /** Why it was published in an emergency, against the policy. */
    breakGlassReason: nullable(text),
    archivedBy: nullable(text),
    archivedAt: nullable(instant),
    supersededByNumber: nullable(integer),
    /** Since when its content is given up. */
    prunedBy: nullable(text),
    prunedAt: nullable(instant),
  },
  key: ['scriptId', 'number'],
  indexes: [{ on: ['tenantId', 'scriptId', 'number'] }, { on: ['prunedAt'] }],
  atMostOne: [{ by: ['scriptId'], where: "state = 'active'" }],
});

import { column, table } from '@stemma/read-model';

const { boolean, instant, integer, json, nullable, text, textList, uuid } = column;

export interface Policy {
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
}

export interface Approval {
  readonly by: string;
  readonly at: string;
  readonly note: string | null;
}

/** What a review has to know of its script, from the first event on. Owned by the script's stream. */
export const scriptRows = table({
  name: 'scripts',
  columns: { tenantId: uuid, scriptId: uuid, slug: text, name: text, labels: textList },
  key: ['scriptId'],
});

/** Whose work each version is. Owned by the script's stream. */
export const draftRows = table({
  name: 'drafts',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    number: integer,
    author: text,
    contentHash: text,
    changeSummary: nullable(text),
  },
  key: ['scriptId', 'number'],
});

/** The open review of each script that has one: at most one version is in review. Owned by the script's stream. */
export const reviewRows = table({
  name: 'reviews',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    slug: text,
    name: text,
    labels: textList,
    number: integer,
    versionId: uuid,
    contentHash: text,
    changeSummary: nullable(text),
    author: text,
    round: integer,
    /** The one that applied at the submission. */
    policy: json<Policy>(),
    /** What counts: the stricter of the submission's and the script's own of now. */
    requiredApprovals: integer,
    fourEyes: boolean,
    /** How many approvals are still needed; 0 when it waits for somebody to publish it. */
    missing: integer,
    approvals: json<readonly Approval[]>(),
    approvedBy: textList,
    submittedBy: text,
    submittedAt: instant,
  },
  key: ['scriptId'],
  indexes: [
    { on: ['tenantId', 'submittedAt', 'scriptId'] },
    { on: ['tenantId', 'slug'] },
    { on: ['tenantId', 'author', 'submittedAt', 'scriptId'] },
  ],
});

import { column, table } from '@stemma/read-model';

const { bigint, boolean, instant, integer, json, nullable, oneOf, orderedText, text, textList, uuid } =
  column;

export interface ReviewPolicy {
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
}

export interface PrunePolicy {
  readonly maxVersions: number | null;
  readonly retentionDays: number | null;
}

export type Trigger =
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string }
  | { readonly kind: 'http'; readonly method: string; readonly path: string };

/** What each script is now. Owned by the script's stream. */
export const scriptRows = table({
  name: 'scripts',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    slug: text,
    kind: oneOf('code', 'graph'),
    type: oneOf('cron', 'http', 'one_off', 'embedded'),
    name: text,
    description: text,
    labels: textList,
    intents: textList,
    languageCodes: textList,
    embeddingKey: nullable(text),
    /** A disabled script does not run in production. */
    enabled: boolean,
    /** Its users see it (R-A13). */
    listed: boolean,
    retired: boolean,
    /** Derived: `published` while a version is active, `archived` when one was, else `draft`. */
    status: oneOf('draft', 'published', 'archived'),
    /** 0 before the first draft. */
    latestNumber: integer,
    activeNumber: nullable(integer),
    activeVersionId: nullable(uuid),
    /** The newest version while it is still a draft or in review: the only one that can be submitted. */
    headDraft: nullable(integer),
    inReviewNumber: nullable(integer),
    /** Its own; null: the tenant's. */
    reviewPolicy: nullable(json<ReviewPolicy>()),
    /** null: it is pruned only when somebody asks. */
    prunePolicy: nullable(json<PrunePolicy>()),
    /** By name. */
    triggers: json<Readonly<Record<string, Trigger>>>(),
    createdBy: text,
    createdAt: instant,
    changedBy: text,
    changedAt: instant,
    /** Of the script's stream: the ETag. */
    revision: bigint,
  },
  key: ['scriptId'],
  indexes: [
    { on: ['tenantId', 'slug'] },
    { on: ['tenantId', 'name', 'scriptId'] },
    { on: ['tenantId', 'changedAt', 'scriptId'] },
    { on: ['tenantId', 'createdAt', 'scriptId'] },
    { on: ['tenantId', 'createdBy'] },
  ],
});

/**
 * What a script is found by: its labels, intents and languages, and the words of slug, name, labels and description. A
 * place is a number, so that an event can say which rows it touches without knowing what stood there. Owned by the
 * script's stream.
 */
export const termRows = table({
  name: 'terms',
  columns: {
    tenantId: uuid,
    scriptId: uuid,
    place: integer,
    field: oneOf('label', 'intent', 'language', 'word'),
    term: orderedText,
  },
  key: ['scriptId', 'place'],
  grouped: true,
  indexes: [{ on: ['tenantId', 'field', 'term', 'scriptId'] }],
});

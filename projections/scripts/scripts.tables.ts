import { column, table } from '@stemma/read-model';

const { bigint, boolean, instant, integer, nullable, oneOf, text, textList, uuid } = column;

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
    /** A disabled script does not run in production. */
    enabled: boolean,
    /** Derived: `published` while a version is active, `archived` when one was, else `draft`. */
    status: oneOf('draft', 'published', 'archived'),
    /** 0 before the first draft. */
    latestNumber: integer,
    activeNumber: nullable(integer),
    activeVersionId: nullable(uuid),
    /** The newest version while it is still a draft or in review: the only one that can be submitted. */
    headDraft: nullable(integer),
    inReviewNumber: nullable(integer),
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
    { on: ['tenantId', 'changedAt', 'scriptId'] },
    { on: ['tenantId', 'createdAt', 'scriptId'] },
    { on: ['labels'], using: 'gin' },
  ],
});

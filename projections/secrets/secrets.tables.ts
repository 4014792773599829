import { column, table } from '@stemma/read-model';

const { boolean, instant, integer, nullable, text, uuid } = column;

/** The secrets there are: names, never values. Owned by the secret's stream. */
export const secretRows = table({
  name: 'secrets',
  columns: {
    tenantId: uuid,
    secretId: uuid,
    name: text,
    version: integer,
    /** Which data key seals it; each removal ends a life. */
    life: integer,
    description: nullable(text),
    sandbox: boolean,
    createdAt: instant,
    createdBy: text,
    /** When the newest value was set, and by whom. */
    setAt: instant,
    setBy: text,
  },
  key: ['secretId'],
  indexes: [{ on: ['tenantId', 'name'] }],
});

import type { Projection, ReadDb } from '@stemma/read-model';

/** One way to ask a query. */
export interface Sample {
  readonly ask: (db: ReadDb) => Promise<unknown>;
  /** Those it reads when there are many rows, by name; empty when any of several serves. Never a whole table. */
  readonly indexes: readonly string[];
  /** Asked by the system itself, over all tenants. */
  readonly allTenants?: true;
}

/** The queries of a projection. A name begins with that of the function; every exported one has at least one sample. */
export interface Samples {
  readonly projection: Projection;
  readonly queries: Readonly<Record<string, Sample>>;
}

/** Whose rows samples ask for: one tenant of ten. */
export const tenantId = '00000000-0000-4000-8000-000000000003';
/** Of a row of that tenant, where ids are made as the explain spec makes them. */
export const someId = 'e9e42d87-9ee3-40f2-9bd6-85b0a3e2c1ad';

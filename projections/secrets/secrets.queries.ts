import { type ReadDb, requireTenant, type RowOf } from '@stemma/read-model';
import { secrets } from './secrets.projection.js';
import type { secretRows } from './secrets.tables.js';

export { secrets };

export type SecretRow = RowOf<typeof secretRows>;

export interface ListSecrets {
  readonly tenantId: string;
  /** The last name of the page before. */
  readonly after?: string | undefined;
  /** 1 to 200. */
  readonly limit?: number | undefined;
}

export interface SecretPage {
  readonly items: readonly SecretRow[];
  /** Of the next page; null on the last one. */
  readonly next: string | null;
}

const secretsOf = (db: ReadDb, tenantId: string) =>
  db.views(secrets).selectFrom('secrets_v1').where('tenantId', '=', requireTenant(tenantId));

/** A page of the tenant's secrets, by name. Reads `secrets`. */
export async function listSecrets(
  db: ReadDb,
  { tenantId, after, limit = 50 }: ListSecrets,
): Promise<SecretPage> {
  const size = Math.min(Math.max(limit, 1), 200);
  const found = await secretsOf(db, tenantId)
    .selectAll()
    .$if(after !== undefined, (query) => query.where('name', '>', after ?? ''))
    .orderBy('name')
    .limit(size + 1)
    .execute();
  const items = found.slice(0, size);
  return { items, next: found.length > size ? (items.at(-1)?.name ?? null) : null };
}

/** One of the tenant's secrets. Reads `secrets`. */
export const findSecret = (
  db: ReadDb,
  { tenantId, name }: { readonly tenantId: string; readonly name: string },
): Promise<SecretRow | undefined> =>
  secretsOf(db, tenantId).selectAll().where('name', '=', name).executeTakeFirst();

const MOST_KEYS = 500;

/** Whose data keys there are, over all tenants, after `after`: for whoever wraps them anew. Reads `secrets`. */
export const listDataKeys = (
  db: ReadDb,
  after?: string,
): Promise<readonly Pick<SecretRow, 'tenantId' | 'secretId' | 'life'>[]> =>
  db
    .views(secrets)
    .selectFrom('secrets_v1')
    .select(['tenantId', 'secretId', 'life'])
    .$if(after !== undefined, (query) => query.where('secretId', '>', after ?? ''))
    .orderBy('secretId')
    .limit(MOST_KEYS)
    .execute();

import { join } from 'node:path';
import type { BlobStore } from './blob-store.js';
import { openBlobStore } from './directory-blob-store.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The blob store of one tenant: a hash alone opens nothing of another's. */
export type TenantBlobs = (tenantId: string) => Promise<BlobStore>;

/** Stores below `dir`, one directory per tenant, opened when first asked for. */
export function openTenantBlobs(dir: string): TenantBlobs {
  const open = new Map<string, Promise<BlobStore>>();
  return (tenantId) => {
    if (!UUID.test(tenantId)) throw new TypeError('a tenant is named by a uuid');
    const known = open.get(tenantId) ?? openBlobStore(join(dir, tenantId));
    open.set(tenantId, known);
    known.catch(() => open.delete(tenantId));
    return known;
  };
}

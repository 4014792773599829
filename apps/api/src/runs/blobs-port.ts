import { blobKeyOf, type TenantBlobs } from '@stemma/blob-store';
import type { Blobs } from '@stemma/commands';

/** The blob store as commands see it. */
export const blobsPort = (blobs: TenantBlobs): Blobs => ({
  put: async (tenantId, bytes) => (await blobs(tenantId)).put(bytes),
  stat: async (tenantId, sha256) => {
    const found = await (await blobs(tenantId)).stat(blobKeyOf(sha256));
    return found ?? undefined;
  },
});

import { join } from 'node:path';
import type { BlobStore } from './blob-store.js';
import { openDirectoryBlobStore } from './directory-blob-store.js';
import { readS3Place, type S3Place } from './s3-place.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The blob store of one tenant: a hash alone opens nothing of another's. */
export type TenantBlobs = (tenantId: string) => Promise<BlobStore>;

export interface BlobsOptions {
  /** A directory of this machine, made when it is not there: the blobs, or with `url` what is on its way to them. */
  readonly directory: string;
  /** An S3-compatible bucket: `s3://bucket/prefix?region=…&endpoint=…`. Absent: the directory keeps them. */
  readonly url?: string | undefined;
}

/**
 * The blobs of each tenant apart, below one directory or one prefix; each store is opened when first asked for.
 *
 * @throws TypeError when `url` is not a place in S3
 */
export function openTenantBlobs({ directory, url }: BlobsOptions): TenantBlobs {
  const openOne = url === undefined ? inDirectory(directory) : inBucket(readS3Place(url), directory);
  const open = new Map<string, Promise<BlobStore>>();
  return (tenantId) => {
    if (!UUID.test(tenantId)) throw new TypeError('a tenant is named by a uuid');
    const known = open.get(tenantId) ?? openOne(tenantId);
    open.set(tenantId, known);
    known.catch(() => open.delete(tenantId));
    return known;
  };
}

const inDirectory =
  (directory: string): TenantBlobs =>
  (tenantId) =>
    openDirectoryBlobStore(join(directory, tenantId));

function inBucket(place: S3Place, directory: string): TenantBlobs {
  const open = openBucket(place);
  open.catch(() => undefined);
  return async (tenantId) => (await open)(tenantId, join(directory, 'incoming', tenantId));
}

/** The client for S3 is large: it is loaded only where blobs are in a bucket. */
async function openBucket({ bucket, prefix, ...place }: S3Place) {
  const { connectS3, openS3BlobStore } = await import('./s3-blob-store.js');
  const client = connectS3(place);
  return (tenantId: string, incoming: string): Promise<BlobStore> =>
    openS3BlobStore(client, { bucket, prefix: `${prefix}${tenantId}/` }, incoming);
}

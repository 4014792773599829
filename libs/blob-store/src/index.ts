export { blobKeyOf } from './blob-key.js';
export { BlobFault } from './blob-store.js';
export type { Blob, BlobFaultCode, BlobStore, BlobWriter, ByteRange, StoredBlob } from './blob-store.js';
export { type BlobUses, type ExpiredBlob, findExpired, type Retention, retentionOf } from './find-expired.js';
export { openDirectoryBlobStore } from './directory-blob-store.js';
export { readS3Place, type S3Place } from './s3-place.js';
export { type BlobsOptions, openTenantBlobs, type TenantBlobs } from './tenant-blobs.js';

export { BlobFault } from './blob-store.js';
export type { Blob, BlobFaultCode, BlobStore, BlobWriter, ByteRange, StoredBlob } from './blob-store.js';
export { openBlobStore } from './directory-blob-store.js';
export { openTenantBlobs, type TenantBlobs } from './tenant-blobs.js';

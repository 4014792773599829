/** Where the bytes of inputs are put. Each tenant has its own space: a hash alone opens nothing of another's. */
export interface Blobs {
  put(tenantId: string, bytes: Uint8Array): Promise<{ readonly sha256: string; readonly size: number }>;
  /** Undefined when the tenant has no such bytes. */
  stat(tenantId: string, sha256: string): Promise<{ readonly size: number } | undefined>;
}

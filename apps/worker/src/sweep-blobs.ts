import { type BlobUses, findExpired, type Retention, type TenantBlobs } from '@stemma/blob-store';
import type { Logger } from '@stemma/observability';
import { repeat, type Repeating } from './repeat.js';

export interface SweepBlobsParts {
  readonly blobs: TenantBlobs;
  readonly retention: Retention;
  readonly listTenants: () => Promise<readonly string[]>;
  /** Undefined while a run's stream is parked: what it names is not known, so nothing is called unused. */
  readonly findBlobUses: (tenantId: string, sha256s: readonly string[]) => Promise<BlobUses | undefined>;
  readonly clock: () => Date;
  readonly log: Logger;
}

const EVERY_MS = 6 * 60 * 60 * 1000;

/** Passes of retention, now and every six hours. */
export const keepSweeping = (parts: SweepBlobsParts): Repeating =>
  repeat(() => sweepBlobs(parts), {
    everyMs: EVERY_MS,
    onFault: (error) => parts.log.warn({ err: error }, 'the bytes of old runs stay until the next pass'),
  });

/** A pass of retention (R-A12). Two workers at once, or a pass that is lost, change nothing: deleting twice is deleting. */
async function sweepBlobs(parts: SweepBlobsParts): Promise<void> {
  for (const tenantId of await parts.listTenants()) await sweepTenant(parts, tenantId);
}

async function sweepTenant(parts: SweepBlobsParts, tenantId: string): Promise<void> {
  const store = await parts.blobs(tenantId);
  const usesOf = async (sha256s: readonly string[]): Promise<BlobUses> =>
    (await parts.findBlobUses(tenantId, sha256s)) ?? new Map(sha256s.map((sha256) => [sha256, 'needed']));
  let [count, bytes] = [0, 0];
  for await (const { key, size } of findExpired(store, parts.retention, usesOf, parts.clock().getTime())) {
    if (!(await store.delete(key))) continue;
    count += 1;
    bytes += size;
  }
  if (count > 0) parts.log.info({ tenantId, count, bytes }, 'bytes of runs whose time was over are deleted');
}

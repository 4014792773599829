import type { BlobStore, StoredBlob } from './blob-store.js';

/** How long blobs are kept, in milliseconds since they were last stored. */
export interface Retention {
  /** What a run names. */
  readonly keepMs: number;
  /** What no run names: uploads that were never used, and what a killed worker left. */
  readonly unusedMs: number;
}

/** Who still wants a blob: `needed` by a run that has not ended, `named` by one that has. Absent: nobody. */
export type BlobUses = ReadonlyMap<string, 'needed' | 'named'>;

export interface ExpiredBlob extends StoredBlob {
  readonly why: 'expired' | 'unused';
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Uploads have a day to be used. */
export const retentionOf = (keepDays: number): Retention =>
  Object.freeze({ keepMs: keepDays * DAY_MS, unusedMs: Math.min(keepDays, 1) * DAY_MS });

const LOOKED_AT_TOGETHER = 5_000;

/**
 * The blobs whose time is over at `now`. What a run that has not ended will read is never among them. `usesOf` is asked
 * for a few thousand hashes at a time, so that memory stays flat. Deletes nothing.
 */
export async function* findExpired(
  store: Pick<BlobStore, 'list'>,
  { keepMs, unusedMs }: Retention,
  usesOf: (sha256s: readonly string[]) => Promise<BlobUses>,
  now: number,
): AsyncGenerator<ExpiredBlob> {
  const youngest = now - Math.min(keepMs, unusedMs);
  let batch: StoredBlob[] = [];
  async function* judged(): AsyncGenerator<ExpiredBlob> {
    const uses = await usesOf(batch.map(({ sha256 }) => sha256));
    for (const blob of batch) {
      const use = uses.get(blob.sha256);
      if (use === undefined && blob.storedAt <= now - unusedMs) yield { ...blob, why: 'unused' };
      if (use === 'named' && blob.storedAt <= now - keepMs) yield { ...blob, why: 'expired' };
    }
    batch = [];
  }
  for await (const blob of store.list()) {
    if (blob.storedAt > youngest) continue;
    batch.push(blob);
    if (batch.length === LOOKED_AT_TOGETHER) yield* judged();
  }
  if (batch.length > 0) yield* judged();
}

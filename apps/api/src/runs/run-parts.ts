import type { TenantBlobs } from '@stemma/blob-store';
import type { DefaultLimits } from '@stemma/commands';
import type { LogNews, WorkerReport } from '@stemma/queue';

/** What the operations on runs need besides: bytes, and news of lines as they are written. */
export interface RunParts {
  readonly blobs: TenantBlobs;
  readonly limits: DefaultLimits;
  /** Largest file that is taken, bytes. */
  readonly fileLimit: number;
  /** How long the bytes of runs are kept, days. */
  readonly keepDays: number;
  /** What workers said last; nothing while Redis is away. */
  readonly readReports: () => Promise<readonly WorkerReport[]>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Whether a worker has this attempt in hand; rejects while nobody can tell, for Redis is away. */
  readonly isInHand: (run: { readonly runId: string; readonly attempt: number }) => Promise<boolean>;
  readonly news: LogNews;
  /** Lines of an attempt from `offset` on that have not been stored yet; none when Redis is away. */
  readonly readLines: (
    run: { readonly runId: string; readonly attempt: number },
    offset: number,
  ) => Promise<readonly { readonly offset: number; readonly entry: unknown }[]>;
}

export const RUN_PARTS = Symbol('RunParts');

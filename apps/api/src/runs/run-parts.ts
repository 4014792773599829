import type { TenantBlobs } from '@stemma/blob-store';
import type { DefaultLimits } from '@stemma/commands';
import type { LogNews, RunProducer, WorkerReport } from '@stemma/queue';

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
  /** What stands in the queue; rejects while Redis is away. */
  readonly queue: Pick<RunProducer, 'isInHand' | 'list' | 'remove'>;
  /** Asks the workers to look now whether all is in step; answers how many heard it. */
  readonly callWorkers: () => Promise<number>;
  readonly news: LogNews;
  /** Lines of an attempt from `offset` on that have not been stored yet; none when Redis is away. */
  readonly readLines: (
    run: { readonly runId: string; readonly attempt: number },
    offset: number,
  ) => Promise<readonly { readonly offset: number; readonly entry: unknown }[]>;
}

export const RUN_PARTS = Symbol('RunParts');

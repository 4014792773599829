import { goLive } from '../database/builds.js';
import { type Checkpoint, claimCheckpoint } from '../database/checkpoint.js';
import { inTransaction, type Sql } from '../database/connect.js';
import type { Build } from '../database/builds.js';
import type { Delivery, EventSource, RecordedEvent } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { commitBatch } from './commit-batch.js';
import { inBatches } from './in-batches.js';
import { requireSameLog } from './require-same-log.js';
import type { WriterSession } from './writer-session.js';

/** The most deliveries that are folded in one transaction. */
const BATCH = 500;

export interface Followed {
  readonly projection: Projection;
  readonly build: Build;
  readonly source: EventSource;
  readonly logId: string;
  /** Called after every commit. */
  readonly onProgress: (checkpoint: Checkpoint, events: number, caughtUp: boolean) => void;
}

/**
 * Keeps a build up to date until the session's signal aborts: commits at once when idle, gathers while a commit runs. A
 * first build opens to readers when it has reached the end of the log.
 *
 * @throws Refusal when somebody must act; anything else may be tried again
 */
export async function followLog({ client, signal }: WriterSession, followed: Followed): Promise<void> {
  const { build, source, logId, onProgress } = followed;
  let checkpoint = await inTransaction(client, 'stemma_writer', () => claimCheckpoint(client, build));
  await requireSameLog(source, logId, build, checkpoint);
  onProgress(checkpoint, 0, false);

  let live = build.state !== 'building';
  const abort = new AbortController();
  const subscription = source.subscribe({
    after: checkpoint.considered?.position ?? null,
    signal: AbortSignal.any([signal, abort.signal]),
  });
  try {
    for await (const deliveries of inBatches(subscription, BATCH)) {
      signal.throwIfAborted();
      const caughtUp = deliveries.some(({ kind }) => kind === 'caughtUp');
      const committed = await commitEvents(client, followed, checkpoint, deliveries);
      checkpoint = committed.checkpoint;
      onProgress(checkpoint, committed.events, caughtUp);
      if (committed.refusal) throw committed.refusal;
      if (!live && caughtUp) live = await open(client, followed, checkpoint);
    }
    signal.throwIfAborted();
  } finally {
    abort.abort();
  }
}

async function commitEvents(
  client: Sql,
  { build, projection }: Followed,
  checkpoint: Checkpoint,
  deliveries: readonly Delivery[],
) {
  const events = deliveries.flatMap((delivery): readonly RecordedEvent[] =>
    delivery.kind === 'event' ? [delivery.event] : [],
  );
  if (events.length === 0) return { checkpoint, events: 0, refusal: undefined };
  return commitBatch(client, build, projection, checkpoint, events);
}

async function open(client: Sql, { build, projection }: Followed, checkpoint: Checkpoint): Promise<boolean> {
  if (!checkpoint.considered) return false;
  await goLive(client, build, projection);
  return true;
}

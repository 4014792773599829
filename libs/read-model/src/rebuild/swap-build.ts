import { setTimeout as pause } from 'node:timers/promises';
import { makeLive } from '../database/builds.js';
import { type Checkpoint, holdCheckpoint, readCheckpoint } from '../database/checkpoint.js';
import { inTransaction, type Sql } from '../database/connect.js';
import { isLockTimeout } from '../database/failures.js';
import { holdDdlLock } from '../database/migrate.js';
import type { BuildRef } from '../database/names.js';
import { followsAnotherLog } from '../live/require-same-log.js';
import type { EventSource } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';

/** The build stays behind the one that is read, so readers would see older rows. */
class StaysBehind extends Refusal {
  override readonly name = 'StaysBehind';
}

export interface SwapOptions {
  readonly source: EventSource;
  readonly logId: string;
  readonly signal: AbortSignal;
}

const PATIENCE_MS = 60_000;
const RETRY_MS = 20;

/**
 * Has readers read `next` instead of `now`, in one transaction that holds both writers: never an error, an empty list or an
 * older position for anybody who reads meanwhile. Waits until `next` has come as far, and until nobody holds the views.
 *
 * When the log was replaced, what is read is of events that are no longer there: then the position is the one that is true.
 *
 * @throws StaysBehind
 */
export async function swapBuild(
  sql: Sql,
  projection: Projection,
  { now, next }: { readonly now: BuildRef; readonly next: BuildRef },
  { source, logId, signal }: SwapOptions,
): Promise<void> {
  const mayGoBack = await followsAnotherLog(source, logId, now, await readCheckpointOf(sql, now));
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    if (await trySwap(sql, projection, { now, next, mayGoBack })) return;
    if (performance.now() > deadline) {
      throw new StaysBehind(
        `Build ${next.build} of ${next.projection} does not catch up with the one that is read: look why in ` +
          '`stemma projections status`, and try again.',
      );
    }
    await pause(RETRY_MS, undefined, { signal });
  }
}

const readCheckpointOf = (sql: Sql, build: BuildRef): Promise<Checkpoint> =>
  inTransaction(sql, 'stemma_writer', () => readCheckpoint(sql, build));

interface Swap {
  readonly now: BuildRef;
  readonly next: BuildRef;
  readonly mayGoBack: boolean;
}

async function trySwap(sql: Sql, projection: Projection, { now, next, mayGoBack }: Swap): Promise<boolean> {
  try {
    return await inTransaction(sql, 'stemma_owner', async () => {
      // Readers queue behind a lock that is waited for, so it is never waited for long (HAZARDS P2).
      await sql.query("SET LOCAL lock_timeout = '200ms'");
      await holdDdlLock(sql);
      for (const build of [now, next]) await holdCheckpoint(sql, build);
      const [from, to] = [await readCheckpoint(sql, now), await readCheckpoint(sql, next)];
      const isBehind = (to.considered?.position ?? -1n) < (from.considered?.position ?? -1n);
      if (isBehind && !mayGoBack) return false;
      await makeLive(sql, next, projection);
      return true;
    });
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

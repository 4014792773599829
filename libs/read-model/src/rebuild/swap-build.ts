import { setTimeout as pause } from 'node:timers/promises';
import { makeLive } from '../database/builds.js';
import { holdCheckpoint, readCheckpoint } from '../database/checkpoint.js';
import { inTransaction, type Sql } from '../database/connect.js';
import { isLockTimeout } from '../database/failures.js';
import { holdDdlLock } from '../database/migrate.js';
import type { BuildRef } from '../database/names.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';

/** The build stays behind the one that is read, so readers would see older rows. */
class StaysBehind extends Refusal {
  override readonly name = 'StaysBehind';
}

const PATIENCE_MS = 60_000;
const RETRY_MS = 20;

/**
 * Has readers read `next` instead of `now`, in one transaction that holds both writers: never an error, an empty list or an
 * older position for anybody who reads meanwhile. Waits until `next` has come as far, and until nobody holds the views.
 *
 * @throws StaysBehind
 */
export async function swapBuild(
  sql: Sql,
  projection: Projection,
  { now, next }: { readonly now: BuildRef; readonly next: BuildRef },
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    if (await trySwap(sql, projection, now, next)) return;
    if (performance.now() > deadline) {
      throw new StaysBehind(
        `Build ${next.build} of ${next.projection} does not catch up with the one that is read: look why in ` +
          '`stemma projections status`, and try again.',
      );
    }
    await pause(RETRY_MS, undefined, { signal });
  }
}

async function trySwap(sql: Sql, projection: Projection, now: BuildRef, next: BuildRef): Promise<boolean> {
  try {
    return await inTransaction(sql, 'stemma_owner', async () => {
      // Readers queue behind a lock that is waited for, so it is never waited for long (HAZARDS P2).
      await sql.query("SET LOCAL lock_timeout = '200ms'");
      await holdDdlLock(sql);
      for (const build of [now, next]) await holdCheckpoint(sql, build);
      const [from, to] = [await readCheckpoint(sql, now), await readCheckpoint(sql, next)];
      if ((to.considered?.position ?? -1n) < (from.considered?.position ?? -1n)) return false;
      await makeLive(sql, next, projection);
      return true;
    });
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

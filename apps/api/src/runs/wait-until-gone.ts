import { streamName } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import type { RunParts } from './run-parts.js';

export interface Gone {
  readonly tenantId: string;
  readonly runId: string;
  readonly withinMs: number;
}

type Parts = Pick<RunParts, 'news' | 'queue'> & { readonly store: EventStore };

/** News may be lost, and none is told when a worker lets go of what it had hardly begun. */
const LOOK_AGAIN_MS = 50;

/**
 * Waits until the run has ended and no worker is at its attempt, nor at the one that would have come next: its container
 * is gone then. Answers with the position of its end; null when that is not so in time, or cannot be known.
 */
export async function waitUntilGone(
  parts: Parts,
  { tenantId, runId, withinMs }: Gone,
): Promise<bigint | null> {
  const late = AbortSignal.timeout(withinMs);
  while (!late.aborted) {
    const news = parts.news.next(runId, LOOK_AGAIN_MS, late);
    const end = await readEnd(parts.store, tenantId, runId);
    if (end !== null && !(await isHeld(parts, runId, end.attempt))) return end.position;
    await news;
  }
  return null;
}

async function readEnd(
  store: EventStore,
  tenantId: string,
  runId: string,
): Promise<{ readonly attempt: number; readonly position: bigint } | null> {
  for await (const { type, data, position } of store.readStream(streamName('run', tenantId, runId))) {
    if (type === 'RunCompleted') return { attempt: (data as { readonly attempt: number }).attempt, position };
  }
  return null;
}

/** While nobody can tell, it may be held. */
async function isHeld({ queue }: Parts, runId: string, attempt: number): Promise<boolean> {
  const asked = [attempt, attempt + 1].map((one) =>
    queue.isInHand({ runId, attempt: one }).catch(() => true),
  );
  return (await Promise.all(asked)).includes(true);
}

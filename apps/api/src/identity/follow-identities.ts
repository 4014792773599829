import type { EventStore } from '@stemma/event-store';
import type { Logger } from '@stemma/observability';
import { setTimeout as pause } from 'node:timers/promises';
import { type Identities, identityStreams, openIdentities } from './identities.js';

/** The identities as this process knows them, kept fresh by a subscription of its own. */
export interface FollowedIdentities {
  readonly identities: Identities;
  /** Everything that happened until a moment ago is folded: what is not known here does not exist. */
  isCurrent(): boolean;
  /** Resolves when it is current for the first time. */
  readonly ready: Promise<void>;
  /** Resolves when the event at `position`, one of an identity, is folded. */
  reached(position: bigint): Promise<void>;
  close(): Promise<void>;
}

/** How long a subscription may be trusted without a sign of life from the store: a revocation acts within a second. */
const TRUSTED_MS = 1_000;
const LOOK_EVERY_MS = 250;

/**
 * A connection may die without anybody being told. So the store is asked for a sign of life, over the connection of the
 * subscription, and without one in time the fold counts as old, until the store is heard again or has been caught up with.
 */
export function followIdentities(store: EventStore, logger: Logger): FollowedIdentities {
  const identities = openIdentities();
  const stop = new AbortController();
  const { signal } = stop;
  const first = Promise.withResolvers<void>();
  const folded = openMark();
  let caughtUp = false;
  let heardAt = Number.NEGATIVE_INFINITY;

  async function follow(): Promise<void> {
    const onInterrupted = (): void => {
      caughtUp = false;
    };
    for await (const delivery of store.subscribe({
      after: null,
      streamPrefixes: identityStreams,
      onInterrupted,
      signal,
    })) {
      if (delivery.kind === 'event') {
        identities.apply(delivery.event);
        folded.raise(delivery.event.position);
      }
      if (delivery.kind !== 'caughtUp') continue;
      caughtUp = true;
      heardAt = performance.now();
      first.resolve();
    }
  }

  async function listen(): Promise<void> {
    while (!signal.aborted) {
      const askedAt = performance.now();
      if (await answers(store)) heardAt = askedAt;
      await pause(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const running = Promise.all([follow(), listen()]).catch((error: unknown) => {
    caughtUp = false;
    if (!signal.aborted) logger.error({ err: error }, 'keys are no longer followed: restart this process');
  });
  return {
    identities,
    isCurrent: () => caughtUp && performance.now() - heardAt <= TRUSTED_MS,
    ready: first.promise,
    reached: folded.reached,
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

async function answers(store: EventStore): Promise<boolean> {
  try {
    for await (const _ of store.readStream('log-system', { limit: 1 })) break;
    return true;
  } catch {
    return false;
  }
}

/** A position that only rises, and who waits for it. */
function openMark() {
  let at = -1n;
  const waiting = new Set<{ readonly position: bigint; readonly go: () => void }>();
  return {
    raise(position: bigint): void {
      at = position > at ? position : at;
      for (const waiter of waiting) {
        if (waiter.position > at) continue;
        waiting.delete(waiter);
        waiter.go();
      }
    },
    reached: (position: bigint): Promise<void> =>
      position <= at
        ? Promise.resolve()
        : new Promise((go) => {
            waiting.add({ position, go });
          }),
  };
}

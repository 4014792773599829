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
      if (delivery.kind === 'event') identities.apply(delivery.event);
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

import type { Logger } from '@stemma/observability';
import type { EventStore } from '@stemma/event-store';
import { type Identities, identityStreams, openIdentities } from './identities.js';

/** The identities as this process knows them, kept fresh by a subscription of its own. */
export interface FollowedIdentities {
  readonly identities: Identities;
  /** Everything that happened until now is folded: what is not known here does not exist. */
  isCurrent(): boolean;
  /** Resolves when it is current for the first time. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export function followIdentities(store: EventStore, logger: Logger): FollowedIdentities {
  const identities = openIdentities();
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  let current = false;

  async function follow(): Promise<void> {
    const subscription = store.subscribe({
      after: null,
      streamPrefixes: identityStreams,
      signal: stop.signal,
    });
    for await (const delivery of subscription) {
      if (delivery.kind === 'event') identities.apply(delivery.event);
      else if (delivery.kind === 'caughtUp') {
        current = true;
        first.resolve();
      }
    }
  }

  const running = follow().catch((error: unknown) => {
    current = false;
    if (!stop.signal.aborted)
      logger.error({ err: error }, 'keys are no longer followed: restart this process');
  });
  return {
    identities,
    isCurrent: () => current,
    ready: first.promise,
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

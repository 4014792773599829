import { createForgetfulMap } from './forgetful-map.js';

/**
 * Where recently stored events went, by event id: the memory behind idempotency with `any` and `stream_exists`.
 * An id that was stored twice stays at its first place, as on a real server.
 */
export interface RecentIds {
  readonly find: (id: string) => RecentEvent | undefined;
  readonly remember: (id: string, event: RecentEvent) => void;
}

export interface RecentEvent {
  readonly stream: string;
  readonly revision: number;
}

/** Remembers the newest `capacity` ids and some more. */
export function createRecentIds(capacity: number): RecentIds {
  const events = createForgetfulMap<RecentEvent>(capacity);
  return {
    find: events.get,
    remember(id, event) {
      if (events.get(id) === undefined) events.set(id, event);
    },
  };
}

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

export function createRecentIds(capacity: number): RecentIds {
  const events = new Map<string, RecentEvent>();
  return {
    find: (id) => events.get(id),
    remember(id, event) {
      if (events.has(id)) return;
      events.set(id, event);
      if (events.size <= capacity) return;
      const [oldest] = events.keys();
      if (oldest !== undefined) events.delete(oldest);
    },
  };
}

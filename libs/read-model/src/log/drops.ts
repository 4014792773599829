import type { EventSource } from './event-source.js';
import type { ParkedEventDropped } from './ops-events.js';
import { DROPS_STREAM } from './ops-log.js';

/** Which events each projection passes over. */
export interface Drops {
  readonly isDropped: (projection: string, eventId: string) => boolean;
  /** Reads what was decided since. */
  readonly refresh: () => Promise<void>;
}

/** All of them so far. They are few, and stand in one stream. */
export async function readDrops(source: EventSource): Promise<Drops> {
  const dropped = new Set<string>();
  const refresh = async () => {
    for await (const { type, data } of source.readStream(DROPS_STREAM)) {
      if (type !== 'ParkedEventDropped') continue;
      const { projection, eventId } = data as ParkedEventDropped['data'];
      dropped.add(`${projection} ${eventId}`);
    }
  };
  await refresh();
  return {
    refresh,
    isDropped: (projection, eventId) => dropped.size > 0 && dropped.has(`${projection} ${eventId}`),
  };
}

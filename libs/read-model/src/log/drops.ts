import type { EventSource } from './event-source.js';
import { NO_TENANT } from './ensure-log.js';

/**
 * Where operators' decisions stand to pass an event over for good. In the log, so that every mode of every build honours
 * them, one made from nothing included. Storage format.
 */
export const DROPS_STREAM = `ops-${NO_TENANT}.parked-events`;

/** The event's `data`: `projection` passes over the event `eventId`, of `stream`. */
export interface ParkedEventDropped {
  readonly projection: string;
  readonly stream: string;
  readonly eventId: string;
  readonly reason: string;
}

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
      const { projection, eventId } = data as ParkedEventDropped;
      dropped.add(`${projection} ${eventId}`);
    }
  };
  await refresh();
  return { refresh, isDropped: (projection, eventId) => dropped.has(`${projection} ${eventId}`) };
}

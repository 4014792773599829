import type { EventSource, Log, RecordedEvent } from '../log/event-source.js';
import { openBell } from '../waiting/bell.js';
import { persistently } from '../waiting/persistently.js';

/** The newest events, read from the log once for all builds of this process. */
export interface Feed {
  /**
   * Events behind `position`, oldest first, at most `limit`; none when it is the newest. Undefined when they are no longer
   * (or not yet) at hand and have to be read from the log.
   */
  after(position: bigint, limit: number): readonly RecordedEvent[] | undefined;
  /** Whatever reads the log to its end from now on has seen everything up to here; -1 before the log is known. */
  readonly head: bigint;
  /** How often the end of the log was reached: once, and anew after every reconnection. */
  readonly caughtUp: number;
  /** Resolves at the next event, or the next end of the log. Take it before looking, so that nothing is missed. */
  readonly changed: Promise<void>;
  close(): Promise<void>;
}

export interface FeedOptions {
  readonly source: EventSource;
  readonly log: Log;
  /** Whether any projection looks into events of this type: the data of the others is not kept. */
  readonly isNeeded: (type: string) => boolean;
  /** At least so many events are kept. */
  readonly capacity?: number;
}

const CAPACITY = 2_000;
const NOTHING = Object.freeze({});

/** Its data may be much, and would be kept with it. */
const withoutData = ({ id, stream, revision, position, type, metadata, createdAt }: RecordedEvent) => ({
  id,
  stream,
  revision,
  position,
  type,
  data: NOTHING,
  metadata,
  createdAt,
});

/** Subscribes to the log from its end on. What came before is for each build to read page by page (HAZARDS H11). */
export function openFeed({ source, log, isNeeded, capacity = CAPACITY }: FeedOptions): Feed {
  const stop = new AbortController();
  const bell = openBell();
  const kept: RecordedEvent[] = [];
  const known: { floor?: bigint | undefined; head: bigint; caughtUp: number } = { head: -1n, caughtUp: 0 };

  const keep = (event: RecordedEvent) => {
    kept.push(isNeeded(event.type) ? event : withoutData(event));
    known.head = event.position;
    if (kept.length <= 2 * capacity) return;
    const dropped = kept.splice(0, capacity).at(-1);
    if (dropped) known.floor = dropped.position;
  };
  const forget = () => {
    kept.length = 0;
    // Before they read on, builds look whether this is still their log.
    Object.assign(known, { floor: undefined, head: -1n, caughtUp: known.caughtUp + 1 });
  };
  const follow = async (healthy: () => void): Promise<'again'> => {
    const after = known.floor === undefined ? 'end' : known.head;
    let isDoubtful = after !== 'end';
    const options = { after, signal: stop.signal, onInterrupted: () => void (isDoubtful = true) } as const;
    for await (const delivery of source.subscribe(options)) {
      // While the call was cut the log may have been replaced: then what is kept never happened.
      if (isDoubtful && !(await isStillThere(source, kept.at(-1)))) {
        forget();
        return 'again';
      }
      isDoubtful = false;
      if (delivery.kind === 'checkpoint' && delivery.position > known.head) known.head = delivery.position;
      known.floor ??= known.head;
      if (delivery.kind === 'event') keep(delivery.event);
      if (delivery.kind === 'caughtUp') known.caughtUp += 1;
      healthy();
      bell.ring();
    }
    return 'again';
  };
  const running = persistently(follow, {
    firstPauseMs: 20,
    longestPauseMs: 2_000,
    signal: stop.signal,
    onFailure: (err) => log.warn({ err }, 'the subscription to the log was cut and is made anew'),
  });

  return {
    after: (position, limit) =>
      known.floor === undefined || position < known.floor ? undefined : behind(kept, position, limit),
    get head() {
      return known.head;
    },
    get caughtUp() {
      return known.caughtUp;
    },
    get changed() {
      return bell.next;
    },
    close: async () => {
      stop.abort();
      await running;
    },
  };
}

/** The events behind a position, in a list that is sorted by it. */
function behind(events: readonly RecordedEvent[], position: bigint, limit: number): readonly RecordedEvent[] {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.position ?? position) > position) high = middle;
    else low = middle + 1;
  }
  return events.slice(low, low + limit);
}

/** Whether the log still has this event where it was; not when there is none to ask for. */
async function isStillThere(source: EventSource, event: RecordedEvent | undefined): Promise<boolean> {
  if (!event) return false;
  for await (const { id, position } of source.readAll({ from: event.position, limit: 1 })) {
    return id === event.id && position === event.position;
  }
  return false;
}

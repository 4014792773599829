import type { Connection } from './connection.js';
import type { RawEvent } from './decode-record.js';
import { batchesOf } from './read-ahead.js';
import { RawReads } from './raw-call.js';
import { type Attempt, type Patience, untilEnd } from './until-end.js';

export interface ReadRawOptions {
  /** Exclusive; the start (forwards) or the end (backwards) when absent. */
  readonly after?: bigint;
  /** The server's own events too: metadata, tombstones, `$`-streams. Left out when absent. */
  readonly withSystem?: boolean;
  /** Only events whose type begins with one of these; the server leaves out the rest. */
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Events of the log as bytes: as many at a time as arrived while the consumer was busy, in order. */
export type ReadRaw = (options?: ReadRawOptions) => AsyncIterable<readonly RawEvent[]>;

interface LogPart extends ReadRawOptions {
  /** Inclusive; begins as `after` does when absent. */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  /** How many records the next call asks for. */
  readonly page?: () => number;
}

export type ReadLog = (part?: LogPart) => AsyncIterable<readonly RawEvent[]>;

const PAGE = 100_000;

/**
 * Page after page, to the end; a call that is cut goes on behind the last event. A call begins with the record that it is
 * to go on behind, which is left out.
 */
export function logReading(connection: Connection, patience: Patience): ReadLog {
  return (part = {}) => {
    const {
      from,
      after,
      direction = 'forwards',
      withSystem = false,
      types,
      signal,
      page = () => PAGE,
    } = part;
    let behind = after;
    const isNew = ({ position }: RawEvent): boolean =>
      behind === undefined || (direction === 'forwards' ? position > behind : position < behind);

    async function* once(attempt: Attempt): AsyncGenerator<readonly RawEvent[]> {
      const { lease, came } = attempt;
      for (let isMore = true; isMore;) {
        const asked = page();
        let [records, isNearer] = [0, false];
        const opening = RawReads.open(lease.client, { from: behind ?? from, direction, count: asked, types });
        for await (const messages of batchesOf(opening, attempt)) {
          connection.heard('read');
          records += messages.length;
          const fresh = messages.filter(isNew);
          const last = fresh.at(-1);
          if (last === undefined) continue;
          const events = withSystem ? fresh : fresh.filter(isOfApplication);
          if (events.length > 0) yield events;
          behind = last.position;
          isNearer = true;
          came();
        }
        // That there is nothing is an answer, too.
        connection.heard('read');
        isMore = isNearer && records >= asked;
      }
    }

    return untilEnd(connection, patience, { stream: '$all', signal, once });
  };
}

/** Not the server's own: `$`-streams, metadata, and the tombstones that `$all` also delivers (HAZARDS H9). */
export const isOfApplication = ({ stream, type }: RawEvent): boolean =>
  !stream.startsWith('$') && !type.startsWith('$');

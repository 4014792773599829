import { convertToCommandError } from '@eventstore/db-client';
import type { Connection } from './connection.js';
import type { RawEvent } from './decode-record.js';
import { type RawCall, RawReads } from './raw-call.js';
import { readAhead } from './read-ahead.js';
import { type Attempt, type Patience, untilEnd } from './until-end.js';

export interface ReadRawOptions {
  /** Exclusive; the start of the log when absent. */
  readonly after?: bigint;
  /** The server's own events too: metadata, tombstones, `$`-streams. Left out when absent. */
  readonly withSystem?: boolean;
  /** Only events whose type begins with one of these; the server leaves out the rest. */
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Events of the log as bytes: as many at a time as arrived while the consumer was busy, in order. */
export type ReadRaw = (options?: ReadRawOptions) => AsyncIterable<readonly RawEvent[]>;

/** Records of one call; a call that is cut goes on behind the last event in any case. */
const PAGE = 100_000;

export function rawReading(connection: Connection, patience: Patience): ReadRaw {
  return ({ after, withSystem = false, types, signal } = {}) => {
    let behind = after;

    async function* once(attempt: Attempt): AsyncGenerator<readonly RawEvent[]> {
      for (let records = PAGE; records >= PAGE;) {
        records = 0;
        for await (const messages of messagesOf(attempt)) {
          connection.heard('read');
          records += messages.length;
          const fresh = messages.filter(isNew);
          const last = fresh.at(-1);
          if (last === undefined) continue;
          const events = withSystem ? fresh : fresh.filter(isOfApplication);
          if (events.length > 0) yield events;
          behind = last.position;
          attempt.came();
        }
      }
    }

    async function* messagesOf({ lease, interrupted, silentMs }: Attempt): AsyncGenerator<RawEvent[]> {
      const call = await RawReads.open(lease.client, { from: behind, count: PAGE, types });
      try {
        yield* readAhead(call, interrupted, silentMs);
      } catch (error) {
        throw error instanceof Error ? convertToCommandError(error) : error;
      } finally {
        cancel(call);
      }
    }

    const isNew = ({ position }: RawEvent): boolean => behind === undefined || position > behind;
    return untilEnd(connection, patience, { stream: '$all', signal, once });
  };
}

/** Not the server's own: `$`-streams, metadata, and the tombstones that `$all` also delivers (HAZARDS H9). */
export const isOfApplication = ({ stream, type }: RawEvent): boolean =>
  !stream.startsWith('$') && !type.startsWith('$');

/** A cancelled call fails once more, when nobody listens any longer. */
export function cancel(call: RawCall): void {
  call.on('error', () => undefined);
  call.cancel();
}

import type { EventStoreDBClient } from '@eventstore/db-client';
import type { RawEvent } from '../decode-record.js';
import { RevisionConflict, StreamDeleted } from '../errors.js';
import { type CopyProgress, CopyRefused, type LogIdentity } from './copy.js';
import { type EventCursor, eventCursor } from './event-cursor.js';
import { fillersFor } from './fillers.js';
import { openRawAppends, type RawAppends } from './raw-appends.js';
import { type Fates, isGone, type SurveyedLog } from './survey-streams.js';

/** What is known of the streams of the new log, and kept up while storing. */
export interface TargetStreams {
  /** The revision that the next event of a stream will have. */
  readonly next: Map<string, bigint>;
  /** Streams with fillers, and how many. */
  readonly fillers: Map<string, number>;
}

export interface Rest {
  readonly from: SurveyedLog;
  readonly client: EventStoreDBClient;
  readonly fates: Fates;
  /** Of the new log: a deleted stream does not show where it ended. */
  readonly targetFates: Fates;
  readonly streams: TargetStreams;
  readonly identity: LogIdentity;
  /** Exclusive, in the old log. */
  readonly behind: bigint | undefined;
  readonly onProgress: (progress: CopyProgress) => void;
  readonly signal: AbortSignal;
}

export interface Stored {
  readonly events: number;
  readonly position: bigint | undefined;
}

/** One append holds so much at most; a larger event goes alone, and alone under way. */
const BATCH_EVENTS = 200;
const BATCH_BYTES = 256 * 1024;

/** Stores everything behind a position of the old log, each event at its own revision, in the order of the log. */
export async function storeRest(rest: Rest): Promise<Stored> {
  const appends = await openRawAppends(rest.client);
  const cursor = eventCursor(
    rest.from.readRaw({ signal: rest.signal, ...(rest.behind !== undefined && { after: rest.behind }) }),
    (event) => !isGone(rest.fates, event),
  );
  try {
    return await takeAll(rest, writing(rest, appends), cursor);
  } catch (error) {
    throw refusalOf(error);
  } finally {
    appends.close();
    await cursor.close();
  }
}

async function takeAll(
  { identity, onProgress }: Rest,
  writer: Writing,
  cursor: EventCursor,
): Promise<Stored> {
  let events = 0;
  let position: bigint | undefined;
  for (let event = await cursor.next(); event !== undefined; event = await cursor.next()) {
    await writer.take(event);
    if (!identity.names(event)) events += 1;
    position = event.position;
    onProgress({ phase: 'copy', events, position });
  }
  await writer.finish();
  return { events, position };
}

const refusalOf = (error: unknown): unknown =>
  error instanceof RevisionConflict || error instanceof StreamDeleted
    ? new CopyRefused(
        'target-differs',
        `Somebody else writes to the log that is copied to: ${error.message} Begin again with an empty one.`,
      )
    : error;

interface Writing {
  readonly take: (event: RawEvent) => Promise<void>;
  readonly finish: () => Promise<void>;
}

const sizeOf = ({ data, metadata }: RawEvent): number => data.length + metadata.length;

function writing(rest: Rest, appends: RawAppends): Writing {
  const { streams, identity } = rest;
  let gathered: RawEvent[] = [];
  let bytes = 0;
  let failure: unknown;

  const check = (): void => {
    if (failure !== undefined) throw failure as Error;
  };
  /** Sent in turn; the answers are awaited at the end, the first failure stops the rest. */
  const send = async (append: Parameters<RawAppends['append']>[0]): Promise<void> => {
    await appends.room();
    check();
    appends.append(append).catch((error: unknown) => (failure ??= error));
  };
  const flush = async (): Promise<void> => {
    const [first] = gathered;
    if (first === undefined) return;
    const events = gathered.map((event) => (identity.names(event) ? identity.ofCopy(event) : event));
    gathered = [];
    bytes = 0;
    await send({ stream: first.stream, events, expected: expectedAt(first.revision) });
  };
  const settled = async (): Promise<void> => {
    await flush();
    await appends.settled();
    check();
  };
  const fillUpTo = async (stream: string, revision: bigint): Promise<void> => {
    await settled();
    for (let at = await nextOf(rest, appends, stream); at < revision; at += BigInt(BATCH_EVENTS)) {
      const events = fillersFor(stream, at, revision, BATCH_EVENTS);
      await send({ stream, events, expected: expectedAt(at) });
      streams.fillers.set(stream, (streams.fillers.get(stream) ?? 0) + events.length);
    }
    streams.next.set(stream, revision);
  };
  const isFull = (event: RawEvent): boolean =>
    gathered.length >= BATCH_EVENTS || bytes + sizeOf(event) > BATCH_BYTES;

  return {
    async take(event) {
      const { stream, revision } = event;
      if (gathered[0]?.stream !== stream || isFull(event)) await flush();
      if (revision > (streams.next.get(stream) ?? 0n)) await fillUpTo(stream, revision);
      // Refused for its size it must leave nothing behind it, or the order would be another.
      const isLarge = sizeOf(event) > BATCH_BYTES;
      if (isLarge) await settled();
      gathered.push(event);
      bytes += sizeOf(event);
      streams.next.set(stream, revision + 1n);
      if (isLarge) await settled();
    },
    finish: settled,
  };
}

const expectedAt = (revision: bigint): bigint | 'no_stream' =>
  revision === 0n ? 'no_stream' : revision - 1n;

/** No stream is ever so long: an append that expects it is refused, and the refusal tells where the stream ends. */
const BEYOND = 2n ** 52n;

/** A stream that was deleted goes on behind its last revision, which only a refusal tells. */
async function nextOf({ streams, targetFates }: Rest, appends: RawAppends, stream: string): Promise<bigint> {
  const known = streams.next.get(stream) ?? 0n;
  if (targetFates.get(stream)?.end !== 'deleted') return known;
  try {
    await appends.append({ stream, events: fillersFor(stream, BEYOND, BEYOND + 1n, 1), expected: BEYOND });
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    return error.actual === null ? known : error.actual + 1n;
  }
  throw new Error(`The event store took an append to ${stream} at a revision that it cannot have.`);
}

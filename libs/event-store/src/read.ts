import type { EventStoreDBClient, ReadPosition } from '@eventstore/db-client';
import type { Connection } from './connection.js';
import type { ReadAllOptions, RecordedEvent } from './event-store.js';
import { type ClientRead, readUntilEnd } from './read-until-end.js';
import { type Place, placeOf, positionPair, recordedEvent } from './recorded-event.js';
import type { Patience } from './until-end.js';

export interface ReadParts {
  readonly connection: Connection;
  readonly upcast: (event: RecordedEvent) => RecordedEvent;
  readonly patience: Patience;
}

/** Records decoded ahead of the consumer. */
const READ_AHEAD = { highWaterMark: 256 };
const MANY = Number.MAX_SAFE_INTEGER;
/** Records of `$all` in one call, and how many more than wanted are asked for since some are system events. */
const PAGE = 4_000;
const SPARE = 8;

/** `EventStore.readAll`: page by page. Reading is inclusive, so the record at the start is left out (HAZARDS H9, H11). */
export function allReading(parts: ReadParts) {
  return async function* (options: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    const { from, after, direction = 'forwards', limit = MANY, signal } = options;
    const progress: Progress = { position: after, given: 0 };
    for (;;) {
      const size = Math.min(limit - progress.given + SPARE, PAGE);
      const records = yield* readPage(parts, { from, direction, limit, signal, size }, progress);
      if (records < size || progress.given === limit) return;
    }
  };
}

interface Progress {
  position: bigint | undefined;
  given: number;
}

interface Page {
  /** Of the first page, when nothing is known to be read before it. */
  readonly from: bigint | undefined;
  readonly direction: 'forwards' | 'backwards';
  readonly limit: number;
  readonly size: number;
  readonly signal: AbortSignal | undefined;
}

/** Yields the events of one page and returns how many records it had. */
async function* readPage(
  { connection, upcast, patience }: ReadParts,
  page: Page,
  progress: Progress,
): AsyncGenerator<RecordedEvent, number> {
  const request = {
    stream: '$all',
    open: openPage(page, progress.position ?? page.from),
    signal: page.signal,
  };
  let records = 0;
  for await (const resolved of readUntilEnd(connection, patience, request)) {
    records += 1;
    const position = placeOf(resolved)?.position;
    if (position === undefined || position === progress.position) continue;
    progress.position = position;
    const event = recordedEvent(resolved);
    if (event === undefined) continue;
    yield upcast(event);
    progress.given += 1;
    if (progress.given === page.limit) break;
  }
  return records;
}

function openPage({ direction, size }: Page, after: bigint | undefined) {
  const edge = direction === 'forwards' ? 'start' : 'end';
  return (client: EventStoreDBClient, behind: Place | undefined): ClientRead => {
    const position = behind?.position ?? after;
    const fromPosition: ReadPosition = position === undefined ? edge : positionPair(position);
    return client.readAll({ direction, fromPosition, maxCount: size }, READ_AHEAD);
  };
}

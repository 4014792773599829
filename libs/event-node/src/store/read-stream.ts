import type { StoredRecord } from './record.js';
import { isMetastream, originalOf } from './stream-metadata.js';
import { isDeleted, type StreamLookup } from './stream-lookup.js';

/** What a reader may see of a stream at this moment. */
export interface ReadableRange {
  readonly kind: 'readable' | 'not-found' | 'deleted';
  readonly first: number;
  readonly last: number;
  readonly oldestMs: number;
}

/** Honours `$tb`, `$maxCount` and `$maxAge` (HAZARDS E9). */
export function readableRange(lookup: StreamLookup, stream: string, nowMs: number): ReadableRange {
  const { last, tombstoned } = lookup.head(stream);
  const goneWithStream = isMetastream(stream) && lookup.head(originalOf(stream)).tombstoned;
  if (tombstoned || goneWithStream) return { kind: 'deleted', first: 0, last: -1, oldestMs: 0 };
  const metadata = lookup.metadata(stream);
  const kind = last < 0 || isDeleted(metadata) ? 'not-found' : 'readable';
  const first = Math.max(0, metadata.truncateBefore, last + 1 - metadata.maxCount);
  return { kind, first, last, oldestMs: nowMs - metadata.maxAgeMs };
}

const PAGE = 64;

export interface StreamPage {
  readonly records: readonly StoredRecord[];
  readonly next: number;
}

/** Up to a page of readable events from `revision` on; none when there is nothing more for now. */
export function readStreamForwards(
  lookup: StreamLookup,
  stream: string,
  revision: number,
  nowMs: number,
): StreamPage {
  const range = readableRange(lookup, stream, nowMs);
  const records: StoredRecord[] = [];
  let at = Math.max(revision, range.first);
  for (; at <= range.last && records.length < PAGE; at += 1)
    collect(records, lookup.record(stream, at), range);
  // A deleted stream's `$tb` lies beyond all revisions; what comes after a revival follows its last one.
  return { records, next: Math.max(revision, Math.min(at, range.last + 1)) };
}

/** Up to a page of readable events from `revision` down; none when the first readable one has been passed. */
export function readStreamBackwards(
  lookup: StreamLookup,
  stream: string,
  revision: number,
  nowMs: number,
): StreamPage {
  const range = readableRange(lookup, stream, nowMs);
  const records: StoredRecord[] = [];
  let at = Math.min(revision, range.last);
  for (; at >= range.first && records.length < PAGE; at -= 1)
    collect(records, lookup.record(stream, at), range);
  return { records, next: at };
}

function collect(records: StoredRecord[], record: StoredRecord | undefined, range: ReadableRange): void {
  if (record !== undefined && !record.erased && record.createdMs >= range.oldestMs) records.push(record);
}

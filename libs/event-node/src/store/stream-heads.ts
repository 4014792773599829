import { createForgetfulMap } from './forgetful-map.js';
import type { IndexedHead, IndexedTo, LogIndex, RecordPlace } from './log-index.js';

/**
 * Where streams stand, ahead of the index: what is durable in the log but not yet in LMDB is kept here. The index is
 * written in large batches, off the path of an append.
 */
export interface StreamHeads {
  readonly head: (stream: string) => IndexedHead;
  readonly place: (stream: string, revision: number) => RecordPlace | undefined;
  /** Takes over what a durable group recorded. */
  readonly record: (entry: HeadEntry) => void;
  /** Number of entries not yet in the index. */
  readonly fresh: () => number;
  /** Writes them to the index; throws when that fails, and they stay here. */
  readonly flush: (to: IndexedTo) => void;
}

export interface HeadEntry {
  readonly stream: string;
  readonly revision: number;
  readonly place: RecordPlace;
  readonly tombstone: boolean;
}

const NO_HEAD: IndexedHead = { last: -1, tombstoned: false };

interface Fresh {
  head: IndexedHead;
  readonly from: number;
  readonly places: RecordPlace[];
}

const CACHED_HEADS = 25_000;

export function createStreamHeads(index: LogIndex): StreamHeads {
  const fresh = new Map<string, Fresh>();
  const cached = createForgetfulMap<IndexedHead>(CACHED_HEADS);
  let entries = 0;

  const settled = (stream: string): IndexedHead => {
    const known = cached.get(stream) ?? index.head(stream) ?? NO_HEAD;
    cached.set(stream, known);
    return known;
  };
  const head = (stream: string): IndexedHead => fresh.get(stream)?.head ?? settled(stream);

  return {
    head,
    place(stream, revision) {
      const entry = fresh.get(stream);
      return entry?.places[revision - entry.from] ?? index.place(stream, revision);
    },
    record({ stream, revision, place, tombstone }) {
      const before = head(stream);
      const entry = fresh.get(stream) ?? { head: before, from: before.last + 1, places: [] };
      entry.head = tombstone
        ? { last: before.last, tombstoned: true }
        : { last: revision, tombstoned: before.tombstoned };
      if (!tombstone) entry.places.push(place);
      fresh.set(stream, entry);
      entries += 1;
    },
    fresh: () => entries,
    flush(to) {
      index.apply({ streams: fresh, to });
      for (const [stream, entry] of fresh) cached.set(stream, entry.head);
      fresh.clear();
      entries = 0;
    },
  };
}

import { eventData } from './event-data.js';
import { damagedIndex, type IndexedHead, type RecordPlace } from './log-index.js';
import type { LogReader } from './log-reader.js';
import { recordId, recordStream, type StoredRecord } from './record.js';
import type { StreamHeads } from './stream-heads.js';
import {
  DELETED_BEFORE,
  isMetastream,
  metastreamOf,
  NO_METADATA,
  originalOf,
  parseStreamMetadata,
  type StreamMetadata,
} from './stream-metadata.js';

/** Durable facts about streams. */
export interface StreamLookup {
  readonly head: (stream: string) => IndexedHead;
  readonly place: (stream: string, revision: number) => RecordPlace | undefined;
  readonly record: (stream: string, revision: number) => StoredRecord | undefined;
  readonly idAt: (stream: string, revision: number) => string | undefined;
  readonly metadata: (stream: string) => StreamMetadata;
  /** The JSON of the newest `$metadata` event. */
  readonly metadataJson: (stream: string) => Buffer | undefined;
  /** Forgets cached metadata after a durable write to `stream`. */
  readonly changed: (stream: string) => void;
}

const CACHED = 20_000;

export function createStreamLookup(heads: StreamHeads, reader: LogReader): StreamLookup {
  const cache = new Map<string, StreamMetadata>();
  const record = (stream: string, revision: number): StoredRecord | undefined => {
    if (revision > heads.head(stream).last) return undefined;
    const place = heads.place(stream, revision);
    if (place === undefined) throw damagedIndex();
    const found = reader.at(place.position, place.length);
    if (found.revision !== revision || recordStream(found) !== stream) throw damagedIndex();
    return found;
  };
  const metadataJson = (stream: string): Buffer | undefined => {
    const { last } = heads.head(metastreamOf(stream));
    const newest = last < 0 ? undefined : record(metastreamOf(stream), last);
    return newest === undefined || newest.erased ? undefined : Buffer.from(eventData(newest));
  };
  const load = (stream: string): StreamMetadata => {
    const json = metadataJson(stream);
    const loaded = json === undefined ? NO_METADATA : parseStreamMetadata(json);
    if (cache.size >= CACHED) cache.clear();
    cache.set(stream, loaded);
    return loaded;
  };
  return {
    head: (stream) => heads.head(stream),
    place: (stream, revision) => heads.place(stream, revision),
    record,
    idAt(stream, revision) {
      const found = record(stream, revision);
      return found && recordId(found).toString('latin1');
    },
    metadata: (stream) => (isMetastream(stream) ? METASTREAM_METADATA : (cache.get(stream) ?? load(stream))),
    metadataJson,
    changed(stream) {
      if (isMetastream(stream)) cache.delete(originalOf(stream));
    },
  };
}

/** A real server keeps one metadata event per stream. */
const METASTREAM_METADATA: StreamMetadata = { ...NO_METADATA, maxCount: 1 };

export const isDeleted = (metadata: StreamMetadata): boolean => metadata.truncateBefore >= DELETED_BEFORE;

import type { AppendGroup } from './append-group.js';
import type { StreamView } from './decide-append.js';
import type { IndexedHead } from './log-index.js';
import type { RecentIds } from './recent-ids.js';
import { isDeleted, type StreamLookup } from './stream-lookup.js';
import { isMetastream, metastreamOf, originalOf, type StreamMetadata } from './stream-metadata.js';

/** A stream as the next request of a group meets it: the durable state, and on top of it what the group has staged. */
export interface StreamState {
  readonly stream: string;
  readonly head: IndexedHead;
  readonly metadata: StreamMetadata;
  readonly view: StreamView;
}

export interface DurableState {
  readonly lookup: StreamLookup;
  readonly recent: RecentIds;
}

export function streamState(group: AppendGroup, durable: DurableState, stream: string): StreamState {
  const { lookup, recent } = durable;
  const head = currentHead(group, durable, stream);
  const metadata = group.metadata(stream) ?? lookup.metadata(stream);
  const view: StreamView = {
    last: head.last,
    tombstoned:
      head.tombstoned || (isMetastream(stream) && currentHead(group, durable, originalOf(stream)).tombstoned),
    deleted: isDeleted(metadata),
    hasMetadata: currentHead(group, durable, metastreamOf(stream)).last >= 0,
    idAt: (revision) => group.find(stream, revision)?.id ?? lookup.idAt(stream, revision),
    recent: (id) => group.recent(id) ?? recent.find(id),
  };
  return { stream, head, metadata, view };
}

export const currentHead = (group: AppendGroup, { lookup }: DurableState, stream: string): IndexedHead =>
  group.head(stream) ?? lookup.head(stream);

import type { IndexedHead } from './log-index.js';
import type { ProposedEvent } from './proposed-event.js';
import type { RecentEvent } from './recent-ids.js';
import { TOMBSTONE_REVISION } from './record.js';
import { createRecordRun, type LogEnd, type RecordRun } from './record-run.js';
import type { HeadEntry } from './stream-heads.js';
import { isMetastream, originalOf, parseStreamMetadata, type StreamMetadata } from './stream-metadata.js';

export interface StagedEvent extends HeadEntry {
  readonly id: string;
}

/**
 * Appends gathered for one write and one flush. Everything that they change is held here until the flush has
 * succeeded, so that a failed one leaves nothing behind (HAZARDS E2).
 */
export interface AppendGroup extends Pick<RecordRun, 'bytes' | 'pieces' | 'end'> {
  readonly head: (stream: string) => IndexedHead | undefined;
  readonly metadata: (stream: string) => StreamMetadata | undefined;
  readonly metadataJson: (stream: string) => Buffer | undefined;
  readonly find: (stream: string, revision: number) => StagedEvent | undefined;
  readonly recent: (id: string) => RecentEvent | undefined;
  /** Encodes one event behind the others; returns its position. */
  readonly add: (stream: string, before: IndexedHead, event: ProposedEvent, last: boolean) => number;
  /** Encodes the event that ends a stream for ever. */
  readonly addTombstone: (stream: string, before: IndexedHead, event: ProposedEvent) => number;
  readonly events: () => readonly StagedEvent[];
}

export function createAppendGroup(from: LogEnd, segmentSize: number, nowMs: number): AppendGroup {
  const run = createRecordRun(from, segmentSize, nowMs);
  const heads = new Map<string, IndexedHead>();
  const metadata = new Map<string, Buffer>();
  const ids = new Map<string, RecentEvent>();
  const places = new Map<string, StagedEvent>();

  const stage = (stream: string, revision: number, event: ProposedEvent, last: boolean): number => {
    const position = run.add(stream, revision, event, last);
    const id = event.id.toString('latin1');
    const length = run.end().position - position;
    places.set(`${revision}@${stream}`, {
      stream,
      revision,
      id,
      tombstone: revision === TOMBSTONE_REVISION,
      place: { position, length },
    });
    if (!ids.has(id)) ids.set(id, { stream, revision });
    if (isMetastream(stream)) metadata.set(originalOf(stream), event.data);
    return position;
  };

  return {
    ...run,
    head: (stream) => heads.get(stream),
    metadata(stream) {
      const json = metadata.get(stream);
      return json && parseStreamMetadata(json);
    },
    metadataJson: (stream) => metadata.get(stream),
    find: (stream, revision) => places.get(`${revision}@${stream}`),
    recent: (id) => ids.get(id),
    add(stream, before, event, last) {
      const revision = before.last + 1;
      heads.set(stream, { last: revision, tombstoned: before.tombstoned });
      return stage(stream, revision, event, last);
    },
    addTombstone(stream, before, event) {
      heads.set(stream, { last: before.last, tombstoned: true });
      return stage(stream, TOMBSTONE_REVISION, event, true);
    },
    events: () => [...places.values()],
  };
}

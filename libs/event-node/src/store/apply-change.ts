import { randomBytes } from 'node:crypto';
import type { AppendGroup } from './append-group.js';
import type { AppendOutcome, AppendRequest } from './append-job.js';
import { decideAppend, type StreamView } from './decide-append.js';
import type { IndexedHead } from './log-index.js';
import type { ProposedEvent } from './proposed-event.js';
import { proposedSize } from './proposed-event.js';
import type { RecentIds } from './recent-ids.js';
import { TOMBSTONE_REVISION } from './record.js';
import { isDeleted, type StreamLookup } from './stream-lookup.js';
import { metastreamOf, type StreamMetadata, withTruncateBefore } from './stream-metadata.js';

/** The durable state and the limit that a change is decided under. */
export interface ChangeContext {
  readonly lookup: StreamLookup;
  readonly recent: RecentIds;
  readonly maxAppendBytes: number;
  readonly now: () => number;
}

/** Decides one request on top of the durable state and of the group so far, and stages what it records. */
export function applyChange(
  group: AppendGroup,
  context: ChangeContext,
  request: AppendRequest,
): AppendOutcome {
  if (request.deadline !== undefined && context.now() > request.deadline) return { kind: 'timeout' };
  const state = streamState(group, context, request.stream);
  switch (request.change.kind) {
    case 'append':
      return append(group, context, state, request, request.change.events);
    case 'delete':
      return softDelete(group, context, state, request);
    case 'tombstone':
      return tombstone(group, context, state, request);
  }
}

interface StreamState {
  readonly stream: string;
  readonly head: IndexedHead;
  readonly metadata: StreamMetadata;
  readonly view: StreamView;
}

function streamState(group: AppendGroup, { lookup, recent }: ChangeContext, stream: string): StreamState {
  const head = group.head(stream) ?? lookup.head(stream);
  const metadata = group.metadata(stream) ?? lookup.metadata(stream);
  const metastream = metastreamOf(stream);
  const view: StreamView = {
    last: head.last,
    tombstoned: head.tombstoned,
    deleted: isDeleted(metadata),
    hasMetadata: (group.head(metastream) ?? lookup.head(metastream)).last >= 0,
    idAt: (revision) => group.find(stream, revision)?.id ?? lookup.idAt(stream, revision),
    recent: (id) => group.recent(id) ?? recent.find(id),
  };
  return { stream, head, metadata, view };
}

function append(
  group: AppendGroup,
  context: ChangeContext,
  state: StreamState,
  request: AppendRequest,
  events: readonly ProposedEvent[],
): AppendOutcome {
  const size = events.reduce((sum, event) => sum + proposedSize(event), 0);
  if (size > context.maxAppendBytes) return { kind: 'too-large', limit: context.maxAppendBytes };
  const ids = events.map((event) => event.id.toString('latin1'));
  const decision = decideAppend(state.stream, state.view, request.expected, ids);
  switch (decision.kind) {
    case 'append':
      return stageEvents(group, context, state, events);
    case 'already-stored':
      return stored(decision.last, positionOf(group, context, state.stream, decision.last));
    case 'stream-deleted':
      return { kind: 'stream-deleted' };
    case 'wrong-expected-version':
      return wrongExpectedVersion(state);
  }
}

/** A deleted stream comes back at its next revision; metadata hides what was before. */
function stageEvents(
  group: AppendGroup,
  context: ChangeContext,
  state: StreamState,
  events: readonly ProposedEvent[],
): AppendOutcome {
  const { stream } = state;
  if (events.length === 0) return stored(state.head.last, undefined);
  if (state.view.deleted) stageMetadata(group, context, stream, String(state.head.last + 1), false);
  let position: number | undefined;
  events.forEach((event, index) => {
    position = group.add(stream, group.head(stream) ?? state.head, event, index === events.length - 1);
  });
  return stored(state.head.last + events.length, position);
}

function stageMetadata(
  group: AppendGroup,
  { lookup }: ChangeContext,
  stream: string,
  truncateBefore: string,
  last: boolean,
): number {
  const metastream = metastreamOf(stream);
  const json = withTruncateBefore(group.metadataJson(stream) ?? lookup.metadataJson(stream), truncateBefore);
  const before = group.head(metastream) ?? lookup.head(metastream);
  return group.add(metastream, before, nodeEvent('$metadata', json), last);
}

function softDelete(
  group: AppendGroup,
  context: ChangeContext,
  state: StreamState,
  { expected }: AppendRequest,
): AppendOutcome {
  if (state.head.tombstoned) return { kind: 'stream-deleted' };
  const exists = state.head.last >= 0 || state.view.hasMetadata;
  if (!exists || !expectedHolds(state, expected)) return wrongExpectedVersion(state);
  return stored(state.head.last, stageMetadata(group, context, state.stream, '9223372036854775807', true));
}

function tombstone(
  group: AppendGroup,
  _context: ChangeContext,
  state: StreamState,
  { expected }: AppendRequest,
): AppendOutcome {
  if (state.head.tombstoned) return { kind: 'stream-deleted' };
  if (!expectedHolds(state, expected)) return wrongExpectedVersion(state);
  const position = group.addTombstone(state.stream, state.head, nodeEvent('$streamDeleted', Buffer.alloc(0)));
  return stored(TOMBSTONE_REVISION, position);
}

function expectedHolds({ head, view }: StreamState, expected: AppendRequest['expected']): boolean {
  if (expected === 'any') return true;
  if (expected === 'no_stream') return head.last < 0;
  if (expected === 'stream_exists') return head.last >= 0 || view.hasMetadata;
  return Number(expected) === head.last;
}

const stored = (revision: number, position: number | undefined): AppendOutcome => ({
  kind: 'stored',
  revision,
  position,
});

const wrongExpectedVersion = ({ head }: StreamState): AppendOutcome => ({
  kind: 'wrong-expected-version',
  current: head.last < 0 ? undefined : head.last,
});

function positionOf(
  group: AppendGroup,
  { lookup }: ChangeContext,
  stream: string,
  revision: number,
): number | undefined {
  const staged = group.find(stream, revision);
  return (staged?.place ?? lookup.place(stream, revision))?.position;
}

/** An event that the node itself writes. */
export function nodeEvent(type: string, data: Buffer): ProposedEvent {
  const json = data.length > 0;
  return {
    id: randomBytes(16),
    type: Buffer.from(type),
    contentType: Buffer.from(json ? 'application/json' : 'application/octet-stream'),
    data,
    metadata: Buffer.alloc(0),
  };
}

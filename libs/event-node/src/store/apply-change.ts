import { randomBytes } from 'node:crypto';
import type { AppendGroup } from './append-group.js';
import type { AppendOutcome, AppendRequest } from './append-job.js';
import { decideAppend } from './decide-append.js';
import { proposedSize, type ProposedEvent } from './proposed-event.js';
import { TOMBSTONE_REVISION } from './record.js';
import { currentHead, type DurableState, type StreamState, streamState } from './stream-state.js';
import {
  isMetastream,
  metastreamOf,
  originalOf,
  parseStreamMetadata,
  withTruncateBefore,
} from './stream-metadata.js';

/** The durable state and the limit that changes are decided under. */
export interface ChangeContext extends DurableState {
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
  const change: Change = { group, context, state: streamState(group, context, request.stream), request };
  switch (request.change.kind) {
    case 'append':
      return append(change, request.change.events);
    case 'delete':
      return softDelete(change);
    case 'tombstone':
      return tombstone(change);
  }
}

interface Change {
  readonly group: AppendGroup;
  readonly context: ChangeContext;
  readonly state: StreamState;
  readonly request: AppendRequest;
}

const STREAM_DELETED: AppendOutcome = { kind: 'stream-deleted' };

function append(change: Change, events: readonly ProposedEvent[]): AppendOutcome {
  const { context, state, request } = change;
  const size = events.reduce((sum, event) => sum + proposedSize(event), 0);
  if (size > context.maxAppendBytes) return { kind: 'too-large', limit: context.maxAppendBytes };
  const ids = events.map((event) => event.id.toString('latin1'));
  const decision = decideAppend(state.stream, state.view, request.expected, ids);
  switch (decision.kind) {
    case 'append':
      return stageEvents(change, events);
    case 'already-stored':
      return stored(decision.last, positionOf(change, decision.last));
    case 'stream-deleted':
      return STREAM_DELETED;
    case 'wrong-expected-version':
      return wrongExpectedVersion(state);
  }
}

/** A deleted stream comes back at its next revision; metadata hides what was before. */
function stageEvents(change: Change, events: readonly ProposedEvent[]): AppendOutcome {
  const { group, state } = change;
  const { stream, head } = state;
  if (events.length === 0) return stored(head.last, undefined);
  if (state.view.deleted) stageMetadata(change, stream, String(head.last + 1), false);
  const repair = hiddenBefore(change, events);
  let position: number | undefined;
  events.forEach((event, index) => {
    const ends = repair === undefined && index === events.length - 1;
    position = group.add(stream, group.head(stream) ?? head, event, ends);
  });
  if (repair !== undefined) stageMetadata(change, originalOf(stream), String(repair), true);
  return stored(head.last + events.length, position);
}

/**
 * New metadata for a deleted stream revives it, empty: the `$tb` that keeps the deleted events hidden is added to what
 * the client wrote. Undefined where nothing has to be added.
 */
function hiddenBefore(
  { group, context, state }: Change,
  events: readonly ProposedEvent[],
): number | undefined {
  const newest = events.at(-1);
  if (!isMetastream(state.stream) || newest === undefined) return undefined;
  const original = streamState(group, context, originalOf(state.stream));
  if (!original.view.deleted) return undefined;
  const before = original.head.last + 1;
  return parseStreamMetadata(newest.data).truncateBefore < before ? before : undefined;
}

function stageMetadata(
  { group, context }: Change,
  stream: string,
  truncateBefore: string,
  ends: boolean,
): number {
  const metastream = metastreamOf(stream);
  const before = group.metadataJson(stream) ?? context.lookup.metadataJson(stream);
  const event = nodeEvent('$metadata', withTruncateBefore(before, truncateBefore));
  return group.add(metastream, currentHead(group, context, metastream), event, ends);
}

/** `$tb` of a deleted stream, 2^63 - 1. */
const DELETED_SOURCE = '9223372036854775807';

function softDelete(change: Change): AppendOutcome {
  const { state, request } = change;
  if (state.view.tombstoned) return STREAM_DELETED;
  const exists = state.head.last >= 0 || state.view.hasMetadata;
  if (!exists || !expectedHolds(state, request.expected)) return wrongExpectedVersion(state);
  return stored(state.head.last, stageMetadata(change, state.stream, DELETED_SOURCE, true));
}

function tombstone({ group, state, request }: Change): AppendOutcome {
  if (state.view.tombstoned) return STREAM_DELETED;
  if (!expectedHolds(state, request.expected)) return wrongExpectedVersion(state);
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

function positionOf({ group, context, state }: Change, revision: number): number | undefined {
  const staged = group.find(state.stream, revision);
  return (staged?.place ?? context.lookup.place(state.stream, revision))?.position;
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

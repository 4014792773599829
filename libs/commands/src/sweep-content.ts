import {
  contentStreamOf,
  namesContent,
  type ScriptCommand,
  type ScriptState,
  streamName,
} from '@stemma/domain';
import { type Aggregate, type EventStore, type RecordedEvent, RevisionConflict } from '@stemma/event-store';
import type { ContentName } from './read-content.js';

export interface SweepParts {
  readonly store: EventStore;
  readonly scripts: Aggregate<ScriptState, ScriptCommand>;
  readonly clock: () => Date;
}

/** `young` and `moved`: look again later. The others are final, until another prune gives the content up. */
export type Swept = 'deleted' | 'gone' | 'named' | 'young' | 'moved';

/** A save names its content a moment after it stored or referenced it: after an hour none is still on its way. */
const HOUR_MS = 3_600_000;

/**
 * Deletes the bytes of a content that versions gave up (DESIGN §3): only when its last event is over an hour old and no
 * unpruned version names it, and only at the revision that was looked at: a save that references the content meanwhile
 * moves it. Done twice, by two sweepers or too late, it changes nothing more.
 */
export async function sweepContent(parts: SweepParts, content: ContentName): Promise<Swept> {
  const { tenantId, scriptId, contentHash } = content;
  const stream = contentStreamOf(tenantId, scriptId, contentHash);
  const last = await lastEvent(parts.store, stream);
  if (last === undefined) return 'gone';
  if (parts.clock().getTime() - instantOf(last) <= HOUR_MS) return 'young';
  const { state } = await parts.scripts.load(streamName('script', tenantId, scriptId));
  if (namesContent(state, contentHash)) return 'named';
  try {
    await parts.store.deleteStream(stream, last.revision);
    return 'deleted';
  } catch (error) {
    if (error instanceof RevisionConflict) return 'moved';
    throw error;
  }
}

async function lastEvent(store: EventStore, stream: string): Promise<RecordedEvent | undefined> {
  for await (const event of store.readStream(stream, { direction: 'backwards', limit: 1 })) return event;
  return undefined;
}

const instantOf = ({ metadata }: RecordedEvent): number =>
  Date.parse((metadata as { readonly at: string }).at);

import { contentStreamOf, type EventMetadata, id } from '@stemma/domain';
import { type EventStore, type NewEvent, RevisionConflict } from '@stemma/event-store';
import { readContent } from './read-content.js';

export interface ContentToStore {
  readonly scriptId: string;
  readonly contentHash: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: EventMetadata;
}

/**
 * Puts the bytes of a version where its event will name them, once per script and hash (DESIGN §3). When they stand
 * there already, says that another version is about to name them, so that a sweeper that looked before sees it; and looks
 * then whether they still stand there, for a sweeper may have been first. Throws `AppendTooLarge` and the other errors of
 * the log.
 */
export async function storeContent(store: EventStore, wanted: ContentToStore): Promise<void> {
  const { metadata, scriptId, contentHash } = wanted;
  const { tenantId } = metadata;
  const stream = contentStreamOf(tenantId, scriptId, contentHash);
  const taken = await put(store, stream, wanted, 'no_stream');
  if (taken === null) return;
  let behind: bigint | null = await reference(store, stream, wanted, taken);
  while (behind !== null && (await readContent(store, { tenantId, scriptId, contentHash })) === null) {
    behind = await put(store, stream, wanted, behind);
  }
}

/** Null when it was stored; else the revision that the stream is at, where somebody else was first. */
async function put(
  store: EventStore,
  stream: string,
  wanted: ContentToStore,
  expected: bigint | 'no_stream',
): Promise<bigint | null> {
  try {
    await store.append(stream, [stored(stream, wanted)], expected);
    return null;
  } catch (error) {
    if (!(error instanceof RevisionConflict) || error.actual === null) throw error;
    return error.actual;
  }
}

/** The revision moves only when another save references the same content: every loss of the race is another's progress. */
async function reference(
  store: EventStore,
  stream: string,
  wanted: ContentToStore,
  revision: bigint,
): Promise<bigint> {
  try {
    return (await store.append(stream, [referenced(stream, wanted)], revision)).revision;
  } catch (error) {
    if (!(error instanceof RevisionConflict) || error.actual === null) throw error;
    return reference(store, stream, wanted, error.actual);
  }
}

function stored(stream: string, wanted: ContentToStore): NewEvent {
  const { scriptId, contentHash, content, metadata } = wanted;
  const data = { scriptId, contentHash, content };
  return { id: idOf(stream, wanted, 'stored'), type: 'ContentStored', data, metadata };
}

function referenced(stream: string, wanted: ContentToStore): NewEvent {
  const { scriptId, contentHash, metadata } = wanted;
  const data = { scriptId, contentHash };
  return { id: idOf(stream, wanted, 'referenced'), type: 'ContentReferenced', data, metadata };
}

/**
 * With the instant, unlike other events: a command that is repeated after its content was swept has to store it again,
 * and the store would take the same first id for a repetition (HAZARDS H13).
 */
const idOf = (stream: string, { metadata }: ContentToStore, what: string): string =>
  id('event', metadata.commandId, metadata.bodyHash, stream, what, metadata.at);

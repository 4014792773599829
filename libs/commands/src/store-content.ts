import { contentStreamOf, type EventMetadata, id } from '@stemma/domain';
import { type EventStore, RevisionConflict } from '@stemma/event-store';

export interface ContentToStore {
  readonly scriptId: string;
  readonly contentHash: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: EventMetadata;
}

/**
 * Puts the bytes of a version where its event will name them, once per script and hash (DESIGN §3). When they stand
 * there already, says that another version is about to name them, so that a sweeper that looked before sees it.
 * Throws `AppendTooLarge` and the other errors of the log.
 */
export async function storeContent(store: EventStore, wanted: ContentToStore): Promise<void> {
  const stream = contentStreamOf(wanted.metadata.tenantId, wanted.scriptId, wanted.contentHash);
  try {
    await store.append(stream, [stored(stream, wanted)], 'no_stream');
  } catch (error) {
    if (!(error instanceof RevisionConflict) || error.actual === null) throw error;
    await reference(store, stream, wanted, error.actual);
  }
}

/** The revision moves only when another save references the same content: every loss of the race is another's progress. */
async function reference(
  store: EventStore,
  stream: string,
  wanted: ContentToStore,
  revision: bigint,
): Promise<void> {
  try {
    await store.append(stream, [referenced(stream, wanted)], revision);
  } catch (error) {
    if (!(error instanceof RevisionConflict) || error.actual === null) throw error;
    await reference(store, stream, wanted, error.actual);
  }
}

function stored(stream: string, { scriptId, contentHash, content, metadata }: ContentToStore) {
  const { commandId, bodyHash } = metadata;
  const eventId = id('event', commandId, bodyHash, stream, 0);
  return { id: eventId, type: 'ContentStored', data: { scriptId, contentHash, content }, metadata };
}

function referenced(stream: string, { scriptId, contentHash, metadata }: ContentToStore) {
  const { commandId, bodyHash } = metadata;
  const eventId = id('event', commandId, bodyHash, stream, 1);
  return { id: eventId, type: 'ContentReferenced', data: { scriptId, contentHash }, metadata };
}

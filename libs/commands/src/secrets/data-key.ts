import { type EventMetadata, id, secretKeyStreamOf, type SecretKeyWrapped } from '@stemma/domain';
import { type EventStore, type RecordedEvent, RevisionConflict, StreamDeleted } from '@stemma/event-store';
import type { DataKeyName } from './keyring.js';

type Wrapped = SecretKeyWrapped['data'];

export interface StoredKey {
  readonly wrapped: Wrapped;
  readonly revision: bigint;
}

const streamOf = ({ tenantId, secretId, life }: DataKeyName): string =>
  secretKeyStreamOf(tenantId, secretId, life);

/** The data key as it was wrapped last; undefined before the first, and once it was deleted. */
export async function findDataKey(store: EventStore, of: DataKeyName): Promise<StoredKey | undefined> {
  try {
    for await (const { data, revision } of newest(store, streamOf(of))) {
      return { wrapped: data as Wrapped, revision };
    }
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error;
  }
  return undefined;
}

const newest = (store: EventStore, stream: string): AsyncIterable<RecordedEvent> =>
  store.readStream(stream, { direction: 'backwards', limit: 1 });

/** Throws `RevisionConflict` when somebody else wrapped or deleted it meanwhile. */
export async function storeDataKey(
  store: EventStore,
  of: DataKeyName,
  wrapped: Wrapped,
  { metadata, expected }: { readonly metadata: EventMetadata; readonly expected: bigint | 'no_stream' },
): Promise<void> {
  const stream = streamOf(of);
  // With the bytes, that are never the same twice: HAZARDS H13.
  const eventId = id('event', metadata.commandId, stream, wrapped.wrapped.bytes);
  await store.append(stream, [{ id: eventId, type: 'SecretKeyWrapped', data: wrapped, metadata }], expected);
}

/** Makes all that this key sealed unreadable. Done twice it changes nothing more. */
export async function deleteDataKey(store: EventStore, of: DataKeyName): Promise<void> {
  for (let found = await findDataKey(store, of); found; found = await findDataKey(store, of)) {
    try {
      return await store.deleteStream(streamOf(of), found.revision);
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
    }
  }
}

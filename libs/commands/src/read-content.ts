import { type Content, contentStreamOf } from '@stemma/domain';
import { type EventStore, StreamDeleted } from '@stemma/event-store';

export interface ContentName {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly contentHash: string;
}

/**
 * The content of a version, or null when it was pruned. It stands at the beginning of its stream and never changes; behind
 * a reference where a sweeper was faster than a save.
 */
export async function readContent(
  store: EventStore,
  { tenantId, scriptId, contentHash }: ContentName,
): Promise<Content | null> {
  const stream = contentStreamOf(tenantId, scriptId, contentHash);
  try {
    for await (const { data } of store.readStream(stream, { limit: 1_000 })) {
      if ('content' in data) return data.content as Content;
    }
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error;
  }
  return null;
}

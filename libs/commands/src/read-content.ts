import { type Content, contentStreamOf } from '@stemma/domain';
import type { EventStore } from '@stemma/event-store';

export interface ContentName {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly contentHash: string;
}

/** The content of a version, or null when it was pruned. It stands at the beginning of its stream and never changes. */
export async function readContent(
  store: EventStore,
  { tenantId, scriptId, contentHash }: ContentName,
): Promise<Content | null> {
  for await (const event of store.readStream(contentStreamOf(tenantId, scriptId, contentHash), {
    limit: 1,
  })) {
    if (event.type === 'ContentStored') return (event.data as { readonly content: Content }).content;
  }
  return null;
}

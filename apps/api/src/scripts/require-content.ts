import { type Content, type ContentName, readContent } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import { Refused } from '../http/refused.js';

/**
 * The content of a version. Throws `content-pruned` when it was given up (DESIGN §3), from that moment on: the bytes may
 * still be there, for another version or until they are swept away.
 */
export async function requireContent(
  store: EventStore,
  version: ContentName & { readonly number: number; readonly prunedAt: string | null },
): Promise<Content> {
  const content = version.prunedAt === null ? await readContent(store, version) : undefined;
  if (content) return content;
  throw new Refused(
    'content-pruned',
    `The content of version ${version.number} was pruned. Its history and hash are kept.`,
  );
}

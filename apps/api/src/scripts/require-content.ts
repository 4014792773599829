import { type Content, type ContentName, readContent } from '@stemma/commands';
import type { EventStore } from '@stemma/event-store';
import { Refused } from '../http/refused.js';

/** The content of a version. Throws `content-pruned` when it is gone (DESIGN §3). */
export async function requireContent(
  store: EventStore,
  version: ContentName & { readonly number: number },
): Promise<Content> {
  const content = await readContent(store, version);
  if (content) return content;
  throw new Refused(
    'content-pruned',
    `The content of version ${version.number} was pruned. Its history and hash are kept.`,
  );
}

import { contentStreamOf } from '@stemma/commands';
import { type EventStore, StreamDeleted } from '@stemma/event-store';
import { Refused } from '../http/refused.js';

export interface ContentKey {
  readonly tenantId: string;
  readonly scriptId: string;
  readonly contentHash: string;
  readonly number: number;
}

export type Content = Readonly<Record<string, unknown>>;

/** The bytes that a version names, from their own stream. Throws `content-pruned` when they are gone (DESIGN §3). */
export async function readContent(store: EventStore, key: ContentKey): Promise<Content> {
  const { tenantId, scriptId, contentHash, number } = key;
  const content = await firstContent(store, contentStreamOf(tenantId, scriptId, contentHash));
  if (content) return content;
  throw new Refused(
    'content-pruned',
    `The content of version ${number} was pruned. Its history and hash are kept.`,
  );
}

async function firstContent(store: EventStore, stream: string): Promise<Content | undefined> {
  try {
    for await (const { data } of store.readStream(stream, { limit: 1 })) {
      if ('content' in data) return data.content as Content;
    }
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error;
  }
  return undefined;
}

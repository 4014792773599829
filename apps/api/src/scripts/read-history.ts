import { scriptIdOf, streamName } from '@stemma/commands';
import type { historyEntrySchema } from '@stemma/contracts';
import type { EventStore, RecordedEvent } from '@stemma/event-store';
import type { z } from 'zod';
import { scriptNotFound } from './not-found.js';

export interface HistoryRequest {
  readonly tenantId: string;
  readonly slug: string;
  /** Only events behind this revision. */
  readonly after: bigint | undefined;
  readonly limit: number;
  /** Only events up to this position. */
  readonly upTo?: bigint | undefined;
}

export type HistoryEntry = z.output<typeof historyEntrySchema>;

export interface HistoryPage {
  readonly items: readonly HistoryEntry[];
  readonly next: string | null;
  /** Of the last event of the page. */
  readonly position: bigint | undefined;
}

/** A page of the script's stream. Throws `script-not-found` for a stream that does not exist. */
export async function readHistory(store: EventStore, request: HistoryRequest): Promise<HistoryPage> {
  const { tenantId, slug, after, limit, upTo } = request;
  const stream = streamName('script', tenantId, scriptIdOf(tenantId, slug));
  const from = after === undefined ? 0n : after + 1n;
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(stream, { from, limit: limit + 1 })) {
    if (upTo !== undefined && event.position > upTo) break;
    events.push(event);
  }
  if (events.length === 0 && !(await exists(store, stream, upTo))) throw scriptNotFound();
  const page = events.slice(0, limit);
  const last = page.at(-1);
  const more = events.length > limit && last !== undefined;
  return { items: page.map(entryOf), next: more ? String(last.revision) : null, position: last?.position };
}

async function exists(store: EventStore, stream: string, upTo: bigint | undefined): Promise<boolean> {
  for await (const { position } of store.readStream(stream, { limit: 1 }))
    return upTo === undefined || position <= upTo;
  return false;
}

/** What `@stemma/commands` stamps on every event. */
type Stamp = Pick<HistoryEntry, 'at' | 'actor' | 'commandId' | 'correlationId'>;

function entryOf({ id, type, revision, position, data, metadata }: RecordedEvent): HistoryEntry {
  const { at, actor, commandId, correlationId } = metadata as Stamp;
  return {
    eventId: id,
    type,
    revision: String(revision),
    position: String(position),
    at,
    actor,
    commandId,
    correlationId,
    data: data as HistoryEntry['data'],
  };
}

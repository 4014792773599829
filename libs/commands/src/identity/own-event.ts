import { type EventMetadata, hashJson, id } from '@stemma/domain';
import type { EventStore, NewEvent } from '@stemma/event-store';

/** What is told without anybody's command. */
export interface OwnFact {
  readonly commandId: string;
  readonly type: string;
  readonly data: object;
}

/** Who tells it. */
export interface Founding {
  readonly store: EventStore;
  readonly release: string;
  readonly clock: () => Date;
}

/** An event of the system itself, with the same id whichever process tells it, and however often (HAZARDS H1). */
export function ownEvent(
  { release, clock }: Founding,
  tenantId: string,
  stream: string,
  { commandId, type, data }: OwnFact,
): NewEvent {
  const bodyHash = hashJson(data);
  const metadata: EventMetadata = {
    commandId,
    bodyHash,
    correlationId: commandId,
    causationId: commandId,
    tenantId,
    actor: { kind: 'system', id: 'stemma', via: null },
    at: clock().toISOString(),
    release,
  };
  return { id: id('event', commandId, bodyHash, stream, 0), type, data, metadata };
}

import { randomUUID } from 'node:crypto';
import type { LogStore } from './ensure-log.js';
import { NO_TENANT } from './ensure-log.js';
import type { EventSource } from './event-source.js';
import type { OpsEvent } from './ops-events.js';

/** Where operators' acts and certificates stand. Storage format. */
export const OPS_STREAM = `ops-${NO_TENANT}.projections`;

/** Where operators' decisions stand to pass an event over for good: every writer reads all of it. Storage format. */
export const DROPS_STREAM = `ops-${NO_TENANT}.parked-events`;

/** Streams of events that no projection folds. */
export const isOpsStream = (stream: string): boolean => stream.startsWith('ops-');

/** Who did it, by which request and when: what every event carries. */
export interface OpsMetadata {
  readonly commandId: string;
  readonly bodyHash: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly via: string | null };
  readonly at: string;
  readonly release: string;
}

/** Appends one event. With an `id` that is there already nothing is appended, as long as the store remembers it. */
export async function recordInLog(
  log: Pick<LogStore, 'append'>,
  { type, data }: OpsEvent,
  metadata: OpsMetadata,
  id: string,
): Promise<void> {
  const stream = type === 'ParkedEventDropped' ? DROPS_STREAM : OPS_STREAM;
  await log.append(stream, [{ id, type, data, metadata: { ...metadata, tenantId: NO_TENANT } }], 'any');
}

/** Of what a projector says by itself; `causationId` is the job that it was asked for. */
export function projectorMetadata(release: string, causationId: string = randomUUID()): OpsMetadata {
  return {
    commandId: causationId,
    bodyHash: '',
    correlationId: causationId,
    causationId,
    actor: { kind: 'system', id: 'projector', via: null },
    at: new Date().toISOString(),
    release,
  };
}

/** An act or a certificate, as it stands in the log. */
export interface RecordedAct {
  readonly position: string;
  readonly at: string;
  /** Who did it; `projector` for what it did by itself or was asked for, see `data`. */
  readonly by: string;
  readonly release: string;
  readonly type: OpsEvent['type'];
  readonly data: OpsEvent['data'];
}

/** The newest first. */
export async function readActs(source: EventSource, limit: number): Promise<readonly RecordedAct[]> {
  const acts: (RecordedAct & { readonly order: bigint })[] = [];
  for (const stream of [OPS_STREAM, DROPS_STREAM]) {
    for await (const event of source.readStream(stream, { direction: 'backwards', limit })) {
      const { at, actor, release } = event.metadata as OpsMetadata;
      const { type, data } = event as unknown as OpsEvent;
      const place = { order: event.position, position: String(event.position) };
      acts.push({ ...place, at, by: actor.id, release, type, data });
    }
  }
  return acts
    .sort((one, other) => Number(other.order - one.order))
    .slice(0, limit)
    .map(({ order: _order, ...act }) => act);
}

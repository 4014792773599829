import { randomUUID } from 'node:crypto';
import type { LogStore } from './ensure-log.js';
import { NO_TENANT } from './ensure-log.js';
import type { EventSource, RecordedEvent } from './event-source.js';
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

/** Certificates are up to 750 KB each: so much of them is in memory, and in an answer, at a time. */
const MOST_BYTES = 4_000_000;

/** The newest first: `limit` of them, or fewer, with all that is newer than what 4 MB do not hold any more. */
export async function readActs(source: EventSource, limit: number): Promise<readonly RecordedAct[]> {
  const newest = { direction: 'backwards', limit } as const;
  const found: RecordedEvent[] = [];
  let bytes = 0;
  let leftOut = -1n;
  for await (const event of source.readStream(OPS_STREAM, newest)) {
    bytes += Buffer.byteLength(JSON.stringify(event.data));
    if (bytes > MOST_BYTES) {
      leftOut = event.position;
      break;
    }
    found.push(event);
  }
  for await (const event of source.readStream(DROPS_STREAM, newest)) {
    if (event.position < leftOut) break;
    found.push(event);
  }
  return found
    .sort((one, other) => Number(other.position - one.position))
    .slice(0, limit)
    .map(actOf);
}

function actOf(event: RecordedEvent): RecordedAct {
  const { at, actor, release } = event.metadata as OpsMetadata;
  const { type, data } = event as unknown as OpsEvent;
  return { position: String(event.position), at, by: actor.id, release, type, data };
}

import type { ResolvedEvent } from '@eventstore/db-client';
import type { RecordedEvent } from './event-store.js';

/** The place of a record, system events included. */
export interface Place {
  readonly revision: bigint;
  readonly position: bigint;
}

/**
 * Where a record stands. One number is the position: commit and prepare position are equal for everything that was
 * written through gRPC, by every server from 23.10 on.
 */
export function placeOf({ event, commitPosition }: ResolvedEvent): Place | undefined {
  if (event === undefined) return undefined;
  const position = event.position?.commit ?? commitPosition;
  if (position === undefined)
    throw new Error('The event store sends no positions: use a version from 23.10 on.');
  return { revision: event.revision, position };
}

/** A position as the client wants it. */
export const positionPair = (position: bigint): { commit: bigint; prepare: bigint } => ({
  commit: position,
  prepare: position,
});

/**
 * The client's record in our words, or `undefined` for an event of the server itself: `$`-streams, metadata, links and
 * the tombstones that `$all` also delivers (HAZARDS H9).
 */
export function recordedEvent(resolved: ResolvedEvent): RecordedEvent | undefined {
  const { event } = resolved;
  const place = placeOf(resolved);
  if (event === undefined || place === undefined) return undefined;
  if (event.type.startsWith('$') || event.streamId.startsWith('$')) return undefined;
  return {
    id: event.id,
    stream: event.streamId,
    ...place,
    type: event.type,
    data: asObject(event.data),
    metadata: asObject(event.metadata),
    createdAt: event.created,
  };
}

/** Events of others may hold no JSON object: bytes stay bytes, a bare value stands under `value`. */
export function asObject(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  return value === undefined ? {} : { value };
}

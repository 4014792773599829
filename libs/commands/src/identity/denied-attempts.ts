import { type AttemptsDenied, denialStreamOf, id } from '@stemma/domain';
import type { EventStore } from '@stemma/event-store';
import { type Founding, ownEvent } from './own-event.js';

/** One actor's denied attempts within one minute. */
export type Denied = AttemptsDenied['data'];

/**
 * Stores what was denied. Nobody decides it and nothing depends on the order, so it is appended at any revision; `source`
 * names the process that saw it, so that the same minute of another process is another event, and a repetition is none
 * (HAZARDS H1).
 */
export async function storeDenied(
  founding: Founding,
  tenantId: string,
  denied: Denied,
  source: string,
): Promise<void> {
  const stream = denialStreamOf(tenantId);
  const commandId = id('denied', tenantId, source, denied.person, denied.minute);
  const event = ownEvent(founding, tenantId, stream, { commandId, type: 'AttemptsDenied', data: denied });
  await founding.store.append(stream, [event], 'any');
}

/** The newest first. */
export async function readDenials(
  store: EventStore,
  tenantId: string,
  limit: number,
): Promise<readonly Denied[]> {
  const found: Denied[] = [];
  const options = { direction: 'backwards', limit } as const;
  for await (const { data } of store.readStream(denialStreamOf(tenantId), options))
    found.push(data as Denied);
  return found;
}

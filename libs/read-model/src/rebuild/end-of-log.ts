import type { EventSource } from '../log/event-source.js';

/** The position of the last event; -1 for an empty log. */
export async function endOfLog(source: EventSource): Promise<bigint> {
  for await (const { position } of source.readAll({ direction: 'backwards', limit: 1 })) return position;
  return -1n;
}

import type { EventStore } from '@stemma/event-store';
import type { Append } from './history.js';

const lanes = 64;

/** Appends what `appends` tells, in as many lanes as a busy API has, until the log has `events` more; gives the last position. */
export async function fillLog(store: EventStore, appends: Iterator<Append>, events: number): Promise<bigint> {
  let [told, last] = [0, -1n];
  const busy = new Map<string, Promise<unknown>>();
  const tell = async (): Promise<void> => {
    while (told < events) {
      const next = appends.next();
      if (next.done === true) return;
      const { stream, events: batch } = next.value;
      told += batch.length;
      // What happens to one script keeps its order.
      const before = busy.get(stream);
      const stored = Promise.resolve(before).then(() => store.append(stream, batch, 'any'));
      busy.set(stream, stored);
      const { position } = await stored;
      if (busy.get(stream) === stored) busy.delete(stream);
      if (position > last) last = position;
    }
  };
  await Promise.all(Array.from({ length: lanes }, tell));
  return last;
}

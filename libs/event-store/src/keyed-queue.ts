import { StreamBusy } from './errors.js';

export type KeyedQueue = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/**
 * Runs one piece of work per key at a time, in the order of arrival, so that commands on one stream do not race each other
 * inside a process. Throws `StreamBusy` when `limit` pieces already wait for the key.
 */
export function keyedQueue(limit: number): KeyedQueue {
  const lanes = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return async (key, work) => {
    const lane = lanes.get(key) ?? { last: Promise.resolve(), waiting: 0 };
    if (lane.waiting >= limit) throw new StreamBusy(key, lane.waiting);
    lanes.set(key, lane);
    lane.waiting += 1;
    const turn = lane.last.then(work);
    lane.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) lanes.delete(key);
    }
  };
}

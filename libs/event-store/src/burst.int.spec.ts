import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type FaultyStore, newStream, startFaultyStore } from './faults.fixtures.js';
import { openAggregate, type RecordedEvent, StoreUnavailable } from './index.js';
import { add, collect, envelope, jarDecider, open } from './jar.fixtures.js';

const retry = { onConflict: 'retry' } as const;

describe('a burst of commands through faults', () => {
  let faulty: FaultyStore;
  beforeAll(async () => {
    faulty = await startFaultyStore();
  });
  afterAll(() => faulty.close());

  it.each([
    ['cuts', 12],
    ['lost replies', 4],
    ['silent deaths', 4],
  ] as const)(
    'loses none and doubles none: %s',
    async (fault, times) => {
      const streams = Array.from({ length: 8 }, newStream);
      const jars = openAggregate({ store: faulty.store, decider: jarDecider });
      let left = streams.length * 25;

      /** As a client does: the same command again until it is answered. */
      async function acknowledged(stream: string, commandId: string, tries = 9): Promise<string[]> {
        try {
          const { events } = await jars.execute(stream, add(2), envelope(stream, commandId), retry);
          left -= 1;
          return events.map(({ id }) => id);
        } catch (error) {
          if (tries === 0 || !(error instanceof StoreUnavailable)) throw error;
          return acknowledged(stream, commandId, tries - 1);
        }
      }

      const commands = streams.map(async (stream) => {
        await jars.execute(stream, open(), envelope(stream, 'open'), { create: true, onConflict: 'retry' });
        const ids: string[] = [];
        for (let n = 0; n < 25; n += 1) ids.push(...(await acknowledged(stream, `c${n}`)));
        return ids;
      });
      const total = left;
      for (let n = 1; n <= times; n += 1) {
        await eventually('progress', () => left <= total * (1 - n / (times + 1)), 12_000);
        if (fault === 'cuts') faulty.proxy.cut();
        else if (fault === 'lost replies') faulty.proxy.dropReplies();
        else faulty.proxy.halfOpen();
      }
      const answered = await Promise.all(commands);
      for (const [index, stream] of streams.entries()) {
        const stored: RecordedEvent[] = await collect(faulty.store.readStream(stream));
        expect(stored.slice(1).map(({ id }) => id)).toEqual(answered[index]);
      }
    },
    30_000,
  );
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  type Position,
  type ResolvedEvent,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { numberOf, numbered, series, startTestNode, type TestNode, until } from './test-node.fixtures.js';

let test: TestNode;
beforeAll(async () => {
  test = await startTestNode();
});
afterAll(() => test.remove());

/** What a subscription said, in order. */
function listen(
  subscription:
    ReturnType<TestNode['client']['subscribeToAll']> | ReturnType<TestNode['client']['subscribeToStream']>,
) {
  const heard: string[] = [];
  const errors: Error[] = [];
  subscription
    .on('confirmation', () => heard.push('confirmed'))
    .on('caughtUp', () => heard.push('caught up'))
    .on('error', (error) => errors.push(error))
    .on('data', (event) =>
      heard.push(event.event?.type.startsWith('$') === true ? 'system' : String(numberOf(event))),
    );
  return {
    heard,
    errors,
    numbers: () => heard.filter((word) => /^\d+$/.test(word)).map(Number),
    stop: () => subscription.unsubscribe(),
  };
}

describe('a subscription to a stream', () => {
  it('E6 confirms, gives what is there, says that it caught up once, then gives what comes', async () => {
    await test.client.appendToStream('s1', series(0, 3));
    const ear = listen(test.client.subscribeToStream('s1'));
    await until('caught up', () => ear.heard.includes('caught up'));
    await test.client.appendToStream('other', numbered(99));
    await test.client.appendToStream('s1', series(4, 6));
    await until('the last event', () => ear.heard.includes('6'));

    expect(ear.heard).toEqual(['confirmed', '0', '1', '2', '3', 'caught up', '4', '5', '6']);
    await ear.stop();
  });

  it.each([
    ['a revision, which it does not give again', { fromRevision: 1n }, [2, 3, 4]],
    ['the end', { fromRevision: END }, [4]],
    ['the start', { fromRevision: START }, [0, 1, 2, 3, 4]],
  ] as const)('H9 begins after %s', async (label, options, expected) => {
    const stream = `from-${label}`;
    await test.client.appendToStream(stream, series(0, 3));
    const ear = listen(test.client.subscribeToStream(stream, options));
    await until('caught up', () => ear.heard.includes('caught up'));
    await test.client.appendToStream(stream, numbered(4));
    await until('the last event', () => ear.heard.includes('4'));
    expect(ear.numbers()).toEqual(expected);
    await ear.stop();
  });

  it('waits for a stream that is not there yet, and sees it revived after a delete', async () => {
    const ear = listen(test.client.subscribeToStream('later'));
    await until('caught up', () => ear.heard.includes('caught up'));
    await test.client.appendToStream('later', numbered(1));
    await until('the first event', () => ear.heard.includes('1'));
    await test.client.deleteStream('later');
    await test.client.appendToStream('later', numbered(2));
    await until('the revived one', () => ear.heard.includes('2'));
    expect(ear.errors).toEqual([]);
    await ear.stop();
  });

  it('ends with the reason when the stream is deleted for ever', async () => {
    await test.client.appendToStream('ends', numbered(1));
    const ear = listen(test.client.subscribeToStream('ends'));
    await until('caught up', () => ear.heard.includes('caught up'));
    await test.client.tombstoneStream('ends');
    await until('an error', () => ear.errors.length > 0);
    expect(ear.errors[0]).toMatchObject({ type: 'stream-deleted', streamName: 'ends' });
  });
});

describe('a subscription to $all', () => {
  it('gives system events too, and each event once while others write', async () => {
    const ear = listen(test.client.subscribeToAll({ fromPosition: START }));
    await Promise.all(
      series(10_000, 10_199).map((event, n) => test.client.appendToStream(`w-${n % 7}`, event)),
    );
    await until(
      'all of them',
      () => new Set(ear.numbers().filter((n) => n >= 10_000 && n < 10_200)).size === 200,
    );
    expect(ear.heard).toContain('system');
    expect(ear.numbers().filter((n) => n >= 10_000 && n < 10_200)).toHaveLength(200);
    expect(ear.heard.filter((word) => word === 'caught up')).toHaveLength(1);
    await ear.stop();
  });

  it('H9 begins after the position that it is given', async () => {
    const { position } = await test.client.appendToStream('place', numbered(500));
    await test.client.appendToStream('place', numbered(501));
    const ear = listen(test.client.subscribeToAll({ fromPosition: position as Position }));
    await until('the next', () => ear.heard.includes('501'));
    expect(ear.numbers()[0]).toBe(501);
    await ear.stop();
  });

  it('from the end gives only what comes', async () => {
    const ear = listen(test.client.subscribeToAll({ fromPosition: END }));
    await until('caught up', () => ear.heard.includes('caught up'));
    await test.client.appendToStream('at-end', numbered(600));
    await until('it', () => ear.heard.includes('600'));
    expect(ear.heard).toEqual(['confirmed', 'caught up', '600']);
    await ear.stop();
  });

  it.each([
    ['stream prefixes', streamNameFilter({ prefixes: ['fa-', 'fb-'] }), [1, 2, 3]],
    ['a stream regex', streamNameFilter({ regex: '^f[bc]-\\d+$' }), [2, 3, 4]],
    ['type prefixes', eventTypeFilter({ prefixes: ['Kind1', 'Kind4'] }), [1, 4]],
    ['a type regex', eventTypeFilter({ regex: '^Kind[^14]$' }), [2, 3]],
  ])('filters by %s', async (label, filter, expected) => {
    const { position } = await test.client.appendToStream('before-filter', numbered(0));
    const streams = ['fa-1', 'fb-2', 'fb-3', 'fc-4'];
    for (const [n, stream] of streams.entries())
      await test.client.appendToStream(stream, numbered(n + 1, `Kind${n + 1}`));
    const ear = listen(test.client.subscribeToAll({ fromPosition: position as Position, filter }));
    await until(label, () => ear.heard.includes('caught up'));
    expect(ear.numbers()).toEqual(expected);
    await ear.stop();
  });

  it('says what is wrong with a filter that is no regular expression', async () => {
    const ear = listen(test.client.subscribeToAll({ filter: streamNameFilter({ regex: '(' }) }));
    await until('an error', () => ear.errors.length > 0);
    expect(String(ear.errors[0])).toContain('not a regular expression');
  });
});

describe('E6 checkpoints of a filtered subscription', () => {
  const checkpoints = async (
    interval: number,
    events: number,
  ): Promise<{ places: Position[]; matched: number }> => {
    const { position } = await test.client.appendToStream('cp-before', numbered(0));
    const places: Position[] = [];
    const filter = streamNameFilter({
      prefixes: ['cp-wanted'],
      checkpointInterval: interval,
      checkpointReached: (_, place) => void places.push(place),
    });
    const subscription = test.client.subscribeToAll({ fromPosition: position as Position, filter });
    const ear = listen(subscription);
    await until('caught up', () => ear.heard.includes('caught up'));
    await test.client.appendToStream('cp-other', series(1, events));
    await test.client.appendToStream('cp-wanted', numbered(1));
    await until('the wanted one', () => ear.numbers().length === 1);
    await ear.stop();
    return { places, matched: ear.numbers().length };
  };

  it('come every window × interval considered events, matched or not', async () => {
    const { places } = await checkpoints(2, 320);
    expect(places.length).toBeGreaterThanOrEqual(5);
    expect(places.length).toBeLessThanOrEqual(6);
    expect(places.every((place, n) => n === 0 || place.commit > (places[n - 1]?.commit ?? 0n))).toBe(true);
  });

  it('come once on going live, at the last considered event', async () => {
    const { position } = await test.client.appendToStream('cp-live', numbered(0));
    await test.client.appendToStream('cp-live', numbered(1));
    const last = await test.client.appendToStream('cp-live', numbered(2));
    const places: Position[] = [];
    const filter = excludeSystemEvents({
      checkpointInterval: 1000,
      checkpointReached: (_, place) => void places.push(place),
    });
    const ear = listen(test.client.subscribeToAll({ fromPosition: position as Position, filter }));
    await until('caught up', () => ear.heard.includes('caught up'));
    expect(places).toEqual([last.position]);
    await ear.stop();
  });
});

it('bounds the memory for a slow subscriber: it falls behind, reads from the log, and misses nothing', async () => {
  const subscription = test.client.subscribeToStream('slow');
  const ear: number[] = [];
  let fellBehind = 0;
  let caughtUp = 0;
  subscription.on('fellBehind', () => (fellBehind += 1)).on('caughtUp', () => (caughtUp += 1));
  const reader = subscription[Symbol.asyncIterator]() as AsyncIterator<ResolvedEvent, undefined>;
  const hear = async (): Promise<void> => {
    const { value } = await reader.next();
    if (value !== undefined) ear.push(numberOf(value));
  };
  await test.client.appendToStream('slow', numbered(0));
  await hear();

  const wide = (n: number) => ({ ...numbered(n), data: { n, text: 'x'.repeat(60_000) } });
  for (let n = 1; n <= 200; n += 10)
    await test.client.appendToStream(
      'slow',
      Array.from({ length: 10 }, (_, k) => wide(n + k)),
    );
  while (ear.length < 201) await hear();

  expect(ear).toEqual(Array.from({ length: 201 }, (_, n) => n));
  await until('caught up again', () => caughtUp === fellBehind + 1);
  expect(fellBehind).toBeGreaterThanOrEqual(1);
  await subscription.unsubscribe();
}, 60_000);

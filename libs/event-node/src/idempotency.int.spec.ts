import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WrongExpectedVersionError } from '@eventstore/db-client';
import {
  numbered,
  numbersIn,
  rejection,
  series,
  startTestNode,
  type TestNode,
} from './test-node.fixtures.js';

let test: TestNode;
beforeAll(async () => {
  test = await startTestNode();
});
afterAll(() => test.remove());

const append = (
  stream: string,
  events: ReturnType<typeof series>,
  expectedRevision: 'any' | 'no_stream' | 'stream_exists' | bigint,
) => test.client.appendToStream(stream, events, { expectedRevision });
const numbers = (stream: string): Promise<number[]> => numbersIn(test.client.readStream(stream));

describe('H1 a retry with the original revision and the same ids', () => {
  it.each(['no_stream', 0n] as const)('from %s is answered as the first time', async (expected) => {
    const stream = `retry-${expected}`;
    if (expected === 0n) await append(stream, [numbered(0)], 'no_stream');
    const events = series(1, 3);
    const first = await append(stream, events, expected);
    await append(stream, [numbered(9)], 'any');

    expect(await append(stream, events, expected)).toEqual(first);
    expect(await numbers(stream)).toEqual([...(expected === 0n ? [0] : []), 1, 2, 3, 9]);
  });

  it('is known across a restart, with any of them', async () => {
    const events = series(1, 3);
    const first = await append('restarted', events, 'no_stream');
    await test.restart();
    await test.reconnected();

    for (const expected of ['no_stream', 'any', 'stream_exists'] as const) {
      expect(await append('restarted', events, expected)).toEqual(first);
    }
    expect(await numbers('restarted')).toEqual([1, 2, 3]);
  });

  it('may name only the first events of the batch', async () => {
    const events = series(1, 4);
    await append('some', events, 'no_stream');
    expect(await append('some', events.slice(0, 1), 'no_stream')).toMatchObject({ nextExpectedRevision: 0n });
    expect(await append('some', events.slice(1, 3), 0n)).toMatchObject({ nextExpectedRevision: 2n });
    expect(await numbers('some')).toHaveLength(4);
  });

  it('is refused when it has more than was stored', async () => {
    const events = series(1, 3);
    await append('more', events.slice(0, 2), 'no_stream');
    expect(await rejection(append('more', events, 'no_stream'))).toBeInstanceOf(WrongExpectedVersionError);
    expect(await numbers('more')).toEqual([1, 2]);
  });

  it('is found within one group too', async () => {
    const events = series(1, 2);
    const [first, second] = await Promise.all([
      append('twins', events, 'no_stream'),
      append('twins', events, 'no_stream'),
    ]);
    expect(second).toEqual(first);
    expect(await numbers('twins')).toEqual([1, 2]);
  });
});

it('H1 doubles events that are sent again at the current revision: ids are not looked at there', async () => {
  const [event] = series(1, 1);
  await append('doubled', [event as ReturnType<typeof numbered>], 'no_stream');
  await append('doubled', [event as ReturnType<typeof numbered>], 0n);
  expect(await numbers('doubled')).toEqual([1, 1]);
});

it('H1 compares ids only: the same id with other data is a silent success', async () => {
  const first = numbered(1);
  await append('silent', [first], 'no_stream');
  await append('silent', [{ ...numbered(2), id: first.id }], 'no_stream');
  expect(await numbers('silent')).toEqual([1]);
});

describe('`any` remembers recent ids', () => {
  it('and stores a retry once', async () => {
    const events = series(1, 4);
    await append('any', events, 'any');
    expect(await append('any', events, 'any')).toMatchObject({ nextExpectedRevision: 3n });
    expect(await append('any', events.slice(1, 2), 'any')).toMatchObject({ nextExpectedRevision: 1n });
    expect(await numbers('any')).toHaveLength(4);
  });

  it('and refuses a batch of which only the first events are known', async () => {
    const events = series(1, 3);
    await append('any-more', events.slice(0, 2), 'any');
    expect(await rejection(append('any-more', events, 'any'))).toBeInstanceOf(WrongExpectedVersionError);
  });

  it('and keeps the first place of an id that one batch holds six times', async () => {
    const events = Array<ReturnType<typeof numbered>>(6).fill(numbered(1));
    expect(await append('same', events, 'any')).toMatchObject({ nextExpectedRevision: 5n });
    expect(await append('same', events, 'any')).toMatchObject({ nextExpectedRevision: 0n });
    expect(await append('same', events, 'no_stream')).toMatchObject({ nextExpectedRevision: 5n });
  });

  it('per stream: the same id in another stream is another event', async () => {
    const [event] = series(1, 1);
    await append('here', [event as ReturnType<typeof numbered>], 'any');
    await append('there', [event as ReturnType<typeof numbered>], 'any');
    expect(await numbers('there')).toEqual([1]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BACKWARDS, END, jsonEvent, START, StreamNotFoundError } from '@eventstore/db-client';
import {
  collect,
  numberOf,
  numbered,
  numbersIn,
  rejection,
  series,
  startTestNode,
  type TestNode,
} from './test-node.fixtures.js';

let test: TestNode;
let lastPosition: { commit: bigint; prepare: bigint };
beforeAll(async () => {
  // Small segments: the reads cross many files.
  test = await startTestNode({ segmentBytes: 64 * 1024, maxAppendBytes: 32 * 1024 });
  for (let n = 0; n < 300; n += 10) await test.client.appendToStream('a', series(n, n + 9, 'A'));
  for (let n = 0; n < 300; n += 10) await test.client.appendToStream('b', series(n, n + 9, 'B'));
  const result = await test.client.appendToStream('c', series(0, 2, 'C'));
  lastPosition = result.position ?? { commit: 0n, prepare: 0n };
});
afterAll(() => test.remove());

const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('reading a stream', () => {
  it.each([
    ['forwards from the start', {}, upTo(0, 299)],
    ['forwards from a revision', { fromRevision: 297n }, [297, 298, 299]],
    ['forwards with a count', { maxCount: 3 }, [0, 1, 2]],
    ['forwards with a count over pages', { fromRevision: 5n, maxCount: 200 }, upTo(5, 204)],
    ['forwards from the end', { fromRevision: END }, []],
    ['forwards from beyond the end', { fromRevision: 4_000n }, []],
    ['backwards from the end', { direction: BACKWARDS, fromRevision: END }, upTo(0, 299).reverse()],
    ['backwards from a revision', { direction: BACKWARDS, fromRevision: 2n }, [2, 1, 0]],
    [
      'backwards with a count',
      { direction: BACKWARDS, fromRevision: 150n, maxCount: 100 },
      upTo(51, 150).reverse(),
    ],
    ['backwards from the start', { direction: BACKWARDS, fromRevision: START }, [0]],
    [
      'backwards from beyond the end',
      { direction: BACKWARDS, fromRevision: 18446744073709551615n, maxCount: 2 },
      [299, 298],
    ],
  ] as const)('%s', async (_, options, expected) => {
    expect(await numbersIn(test.client.readStream('a', options))).toEqual(expected);
  });

  it('E7 says which stream is missing', async () => {
    const error = await rejection(collect(test.client.readStream('nowhere-ü')));
    expect(error).toBeInstanceOf(StreamNotFoundError);
    expect(error).toMatchObject({ streamName: 'nowhere-ü' });
  });

  it('keeps apart streams whose names begin alike, and takes long and foreign names', async () => {
    const names = ['x', 'x-', 'x-1', 'x-10', 'ü-😾', `long-${'n'.repeat(5_000)}`];
    for (const [n, name] of names.entries()) await test.client.appendToStream(name, numbered(n));
    for (const [n, name] of names.entries()) {
      const [only, ...others] = await collect(test.client.readStream(name));
      expect([only?.event?.streamId, only && numberOf(only), others.length]).toEqual([name, n, 0]);
    }
  });
});

describe('reading $all', () => {
  const ours = async (options: Parameters<TestNode['client']['readAll']>[0]): Promise<string[]> =>
    (await collect(test.client.readAll(options)))
      .filter(({ event }) => ['A', 'B', 'C'].includes(event?.type ?? ''))
      .map((event) => `${event.event?.type}${numberOf(event)}`);
  const written = [
    ...upTo(0, 299).map((n) => `A${n}`),
    ...upTo(0, 299).map((n) => `B${n}`),
    'C0',
    'C1',
    'C2',
  ];

  it('gives every event once, in the order of the log, in both directions', async () => {
    expect(await ours({})).toEqual(written);
    expect(await ours({ direction: BACKWARDS, fromPosition: END })).toEqual([...written].reverse());
  });

  it('E5 gives positions that only grow, and that are no count', async () => {
    const positions = (await collect(test.client.readAll())).map(
      ({ event }) => event?.position?.commit ?? 0n,
    );
    expect(positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0n))).toBe(
      true,
    );
    expect(positions.at(-1)).toBeGreaterThan(BigInt(positions.length));
  });

  it('E9 holds system events', async () => {
    const [first] = await collect(test.client.readAll({ maxCount: 1 }));
    expect(first?.event?.type).toMatch(/^\$/);
  });

  it('H9 includes the event at a position forwards, and stops before it backwards', async () => {
    const before = await collect(
      test.client.readAll({ direction: BACKWARDS, fromPosition: lastPosition, maxCount: 2 }),
    );
    expect(
      (await collect(test.client.readAll({ fromPosition: lastPosition }))).map(({ event }) => event?.type)[0],
    ).toBe('C');
    expect(before.map(numberOf)).toEqual([1, 0]);
  });

  it('goes on page by page without a gap or a double', async () => {
    const found: string[] = [];
    let position: { commit: bigint; prepare: bigint } | undefined;
    for (;;) {
      const page = await collect(
        test.client.readAll({ maxCount: 37, ...(position && { fromPosition: position }) }),
      );
      const fresh = position === undefined ? page : page.slice(1);
      if (fresh.length === 0) break;
      found.push(...fresh.map(({ event }) => event?.id ?? ''));
      position = page.at(-1)?.event?.position;
    }
    expect(found).toEqual((await collect(test.client.readAll())).map(({ event }) => event?.id));
  });

  it.each([
    ['from the end', { fromPosition: END }],
    ['backwards from the start', { direction: BACKWARDS, fromPosition: START }],
    ['from beyond the end', { fromPosition: { commit: 1n << 50n, prepare: 1n << 50n } }],
  ] as const)('gives nothing %s', async (_, options) => {
    expect(await collect(test.client.readAll(options))).toEqual([]);
  });

  it('finds the next event from a position between two', async () => {
    const position = { commit: lastPosition.commit - 10n, prepare: lastPosition.prepare - 10n };
    const [next] = await collect(test.client.readAll({ fromPosition: position, maxCount: 1 }));
    expect(next?.event?.position).toEqual(lastPosition);
  });
});

describe('links', () => {
  const link = (to: string) => jsonEvent({ type: '$>', data: to });

  it('are followed when asked for, and the link is shown beside', async () => {
    await test.client.appendToStream('links', {
      ...link('x'),
      contentType: 'application/octet-stream',
      data: Buffer.from('7@a'),
    } as never);

    const [plain] = await collect(test.client.readStream('links'));
    const [resolved] = await collect(test.client.readStream('links', { resolveLinkTos: true }));
    const [target] = await collect(test.client.readStream('a', { fromRevision: 7n, maxCount: 1 }));

    expect([plain?.event?.type, plain?.link]).toEqual(['$>', undefined]);
    expect(resolved?.event).toEqual(target?.event);
    expect(resolved?.link?.type).toBe('$>');
    expect(resolved?.commitPosition).toBe(resolved?.link?.position?.commit);
  });

  it('to what is not there have no event', async () => {
    await test.client.appendToStream('dangling', {
      ...link('x'),
      contentType: 'application/octet-stream',
      data: Buffer.from('7000@a'),
    } as never);
    const [resolved] = await collect(test.client.readStream('dangling', { resolveLinkTos: true }));
    expect([resolved?.event, resolved?.link?.type]).toEqual([undefined, '$>']);
  });
});

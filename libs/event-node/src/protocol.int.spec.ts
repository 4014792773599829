import {
  type AllStreamResolvedEvent,
  type AppendExpectedRevision,
  EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  jsonEvent,
  type ReadRevision,
  streamNameFilter,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  collect,
  numbered,
  numberOf,
  numbersIn,
  rejection,
  series,
  startTestNode,
  type TestNode,
  until,
} from './test-node.fixtures.js';

let test: TestNode;
beforeAll(async () => {
  test = await startTestNode({ adminPort: 0 });
});
afterAll(() => test.remove());

const directions = ['forwards', 'backwards'] as const;

describe('every way to read a stream', () => {
  const LAST = 7;
  beforeAll(async () => {
    await test.client.appendToStream('eight', series(0, LAST));
  });
  const starts: readonly ReadRevision[] = ['start', 'end', 0n, 3n, BigInt(LAST), 100n];
  const counts = [1, 3, LAST + 1, 1_000];
  const cases = directions.flatMap((direction) =>
    starts.flatMap((from) => counts.map((count) => [direction, from, count] as const)),
  );

  /** What a server gives: forwards from the end is nothing, backwards from beyond the end begins at the end. */
  function expected(direction: 'forwards' | 'backwards', from: ReadRevision, count: number): number[] {
    const all = Array.from({ length: LAST + 1 }, (_, n) => n);
    if (direction === 'forwards') {
      const first = from === 'start' ? 0 : from === 'end' ? LAST + 1 : Number(from);
      return all.slice(first).slice(0, count);
    }
    const first = from === 'start' ? 0 : from === 'end' ? LAST : Number(from);
    return all
      .slice(0, first + 1)
      .reverse()
      .slice(0, count);
  }

  it.each(cases)('%s from %s, at most %s', async (direction, fromRevision, maxCount) => {
    const read = test.client.readStream('eight', { direction, fromRevision, maxCount });
    expect(await numbersIn(read)).toEqual(expected(direction, fromRevision, maxCount));
  });
});

describe('every filter', () => {
  let all: AllStreamResolvedEvent[];
  beforeAll(async () => {
    for (const stream of ['fa-1', 'fa-2', 'fb-1', 'xfa-1']) {
      await test.client.appendToStream(stream, [...series(0, 3, 'Kept'), ...series(4, 6, 'Left')]);
    }
    await test.client.setStreamMetadata('fa-1', { maxCount: 100 });
    all = (await collect(test.client.readAll())) as AllStreamResolvedEvent[];
  });

  type Matches = (stream: string, type: string) => boolean;
  const filters: readonly (readonly [string, Filter, Matches])[] = [
    ['a stream prefix', streamNameFilter({ prefixes: ['fa-'] }), (stream) => stream.startsWith('fa-')],
    [
      'stream prefixes',
      streamNameFilter({ prefixes: ['fb-', 'xfa'] }),
      (stream) => /^(fb-|xfa)/.test(stream),
    ],
    ['a regex on streams', streamNameFilter({ regex: '^f[ab]-1$' }), (stream) => /^f[ab]-1$/.test(stream)],
    ['a regex within a name', streamNameFilter({ regex: 'fa' }), (stream) => stream.includes('fa')],
    ['a type prefix', eventTypeFilter({ prefixes: ['Ke'] }), (_, type) => type.startsWith('Ke')],
    [
      'a regex on types',
      eventTypeFilter({ regex: '^(Left|Counted)$' }),
      (_, type) => /^(Left|Counted)$/.test(type),
    ],
    ['no system events', excludeSystemEvents(), (_, type) => !type.startsWith('$')],
    ['nothing that matches', streamNameFilter({ prefixes: ['nobody-'] }), () => false],
  ];
  const idsOf = (events: readonly AllStreamResolvedEvent[], matches: Matches): string[] =>
    events.flatMap(({ event }) => (event && matches(event.streamId, event.type) ? [event.id] : []));
  it.each(filters)('subscribes by %s from every start and with every window', async (_, filter, matches) => {
    const middle = all[Math.floor(all.length / 2)]?.event?.position;
    if (middle === undefined) throw new Error('no position');
    const after = all.filter(({ event }) => (event?.position.commit ?? 0n) > middle.commit);
    for (const [fromPosition, events] of [
      ['start', all],
      ['end', []],
      [middle, after],
    ] as const) {
      for (const maxSearchWindow of [1, 7, 500]) {
        const windowed = { ...filter, maxSearchWindow, checkpointInterval: 1 } as Filter;
        const subscription = test.client.subscribeToAll({ fromPosition, filter: windowed });
        const seen: string[] = [];
        let caughtUp = 0;
        subscription.on('caughtUp', () => (caughtUp += 1));
        subscription.on('data', ({ event }) => void (event && seen.push(event.id)));
        const wanted = idsOf(events, matches);
        await until('caught up', () => caughtUp > 0 && seen.length >= wanted.length);
        await subscription.unsubscribe();
        expect([fromPosition, maxSearchWindow, caughtUp, seen]).toEqual([
          fromPosition,
          maxSearchWindow,
          1,
          wanted,
        ]);
      }
    }
  });
});

describe('links', () => {
  const link = (target: string) =>
    ({
      id: crypto.randomUUID(),
      type: '$>',
      contentType: 'application/octet-stream',
      data: Buffer.from(target),
      metadata: undefined,
    }) as const;
  beforeAll(async () => {
    await test.client.appendToStream('target', series(0, 2));
    await test.client.appendToStream('cut', series(0, 2));
    await test.client.setStreamMetadata('cut', { truncateBefore: 2 });
    await test.client.appendToStream('dead', series(0, 1));
    await test.client.appendToStream('ended', series(0, 1));
    const targets = ['1@target', '9@target', '0@nobody', '0@cut', '2@cut', '0@dead', '0@ended'];
    await test.client.appendToStream('links', targets.map(link));
    await test.client.deleteStream('dead');
    await test.client.tombstoneStream('ended');
  });

  it('are shown as they are when nobody wants them followed', async () => {
    const found = await collect(test.client.readStream('links'));
    expect(found.map(({ event, link: via }) => [event?.type, via])).toEqual(
      found.map(() => ['$>', undefined]),
    );
  });

  it.each(directions)('lead to their targets, or to none that is gone, %s', async (direction) => {
    const fromRevision = direction === 'forwards' ? 'start' : 'end';
    const found = await collect(
      test.client.readStream('links', { resolveLinkTos: true, direction, fromRevision }),
    );
    const shown = found.map(({ event, link: via }) => [Number(via?.revision), event && numberOf({ event })]);
    const wanted = [
      [0, 1],
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, 2],
      [5, undefined],
      [6, undefined],
    ];
    // Whether a truncated target is still shown is the server's choice until it is scavenged.
    const settled = (rows: readonly (readonly unknown[])[]) => rows.filter(([at]) => at !== 3);
    expect(settled(direction === 'forwards' ? shown : [...shown].reverse())).toEqual(settled(wanted));
  });

  it('lead a subscription to their targets too', async () => {
    const subscription = test.client.subscribeToStream('links', { resolveLinkTos: true });
    const seen: (string | undefined)[] = [];
    subscription.on('data', ({ event }) => void seen.push(event?.streamId));
    await until('all links', () => seen.length === 7);
    expect(seen[0]).toBe('target');
    expect(seen[2]).toBeUndefined();
    await subscription.unsubscribe();
  });
});

describe('every expected revision', () => {
  const states = ['fresh', 'three', 'deleted', 'tombstoned'] as const;
  const revisions: readonly AppendExpectedRevision[] = ['any', 'no_stream', 'stream_exists', 2n, 1n, 3n];
  /** What may be appended with which expectation; the rest is a wrong expected version, or a deleted stream. */
  const allowed: Readonly<Record<(typeof states)[number], readonly AppendExpectedRevision[]>> = {
    fresh: ['any', 'no_stream'],
    three: ['any', 'stream_exists', 2n],
    deleted: ['any', 'no_stream', 2n],
    tombstoned: [],
  };
  const make = async (state: (typeof states)[number], stream: string): Promise<void> => {
    if (state !== 'fresh') await test.client.appendToStream(stream, series(0, 2));
    if (state === 'deleted') await test.client.deleteStream(stream);
    if (state === 'tombstoned') await test.client.tombstoneStream(stream);
  };
  const cases = states.flatMap((state) =>
    revisions.flatMap((expected) =>
      (['batch', 'unary'] as const).map((way) => [state, expected, way] as const),
    ),
  );

  it.each(cases)('on a stream that is %s: %s, by the %s call', async (state, expectedRevision, way) => {
    const stream = `er-${state}-${expectedRevision}-${way}`;
    await make(state, stream);
    const credentials = way === 'unary' ? { credentials: { username: 'admin', password: 'changeit' } } : {};
    const appended = test.client.appendToStream(stream, numbered(9), { expectedRevision, ...credentials });
    if (allowed[state].includes(expectedRevision)) {
      const revision = state === 'fresh' ? 0n : 3n;
      expect(await appended).toMatchObject({ success: true, nextExpectedRevision: revision });
      const visible = state === 'three' ? [0, 1, 2, 9] : [9];
      expect(await numbersIn(test.client.readStream(stream))).toEqual(visible);
      return;
    }
    const isOver = state === 'tombstoned' || (state === 'deleted' && expectedRevision === 'stream_exists');
    const type = isOver ? 'stream-deleted' : 'wrong-expected-version';
    expect(await rejection(appended)).toMatchObject({ type, streamName: stream });
  });

  it('that is wrong is no error to who does not want one', async () => {
    const quiet = EventStoreDBClient.connectionString(`${test.node().url}&throwOnAppendFailure=false`);
    await quiet.appendToStream('quiet', series(0, 2));
    const refused = await quiet.appendToStream('quiet', numbered(3), { expectedRevision: 0n });
    expect(refused.success).toBe(false);
    expect(await quiet.appendToStream('quiet', numbered(3), { expectedRevision: 2n })).toMatchObject({
      success: true,
    });
    expect(await numbersIn(quiet.readStream('quiet'))).toEqual([0, 1, 2, 3]);
    await quiet.dispose();
  });
});

describe('a deadline', () => {
  it('that has passed stores nothing, and the next append goes on', async () => {
    const late = test.client.appendToStream('late', numbered(1), { deadline: -60_000 });
    expect(await rejection(late)).toMatchObject({ type: 'deadline-exceeded' });
    await test.client.appendToStream('late', numbered(2), { expectedRevision: 'no_stream' });
    expect(await numbersIn(test.client.readStream('late'))).toEqual([2]);
  });
});

describe('finding the node', () => {
  it.each([
    ['esdb+discover://HOST?tls=false', 'by discovery'],
    ['esdb://HOST,HOST,HOST?tls=false', 'by gossip seeds'],
    ['esdb+discover://HOST?tls=false&nodePreference=follower', 'by discovery, wanting a follower'],
    ['esdb+discover://HOST?tls=false&nodePreference=random', 'by discovery, wanting any'],
  ])('%s: %s', async (form) => {
    const client = EventStoreDBClient.connectionString(
      form.replaceAll('HOST', `127.0.0.1:${test.node().port}`),
    );
    const { success } = await client.appendToStream('found', numbered(1));
    expect(success).toBe(true);
    expect((await collect(client.readStream('found'))).length).toBeGreaterThan(0);
    await client.dispose();
  });
});

describe('a call that is given up', () => {
  it('leaves nothing open in the node, be it a read or a subscription', async () => {
    const metric = async (name: string): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${test.node().adminPort}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    const wide = jsonEvent({ type: 'Wide', data: { text: 'x'.repeat(50_000) } });
    for (let n = 0; n < 40; n += 1)
      await test.client.appendToStream('wide', { ...wide, id: crypto.randomUUID() });
    const before = await metric('stemma_log_open_calls');
    const read = test.client.readStream('wide');
    const subscription = test.client.subscribeToStream('wide');
    read.on('error', () => undefined);
    await until('both open', async () => (await metric('stemma_log_open_calls')) >= before + 1);
    await read.cancel();
    await subscription.unsubscribe();
    await until('none open', async () => (await metric('stemma_log_open_calls')) <= before);
    expect(await metric('stemma_log_subscribers')).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  binaryEvent,
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import {
  collect,
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

/** Credentials on one append make the client use the unary call (HAZARDS H7). */
const WAYS = [
  ['batch append', {}],
  ['unary append', { credentials: { username: 'any', password: 'one' } }],
] as const;

describe.each(WAYS)('%s', (way, base) => {
  const name = (rest: string): string => `${way}-${rest}`.replace(' ', '-');

  it('stores json with metadata as it was sent', async () => {
    const sent = jsonEvent({ type: 'Said', data: { text: 'CC ‐ 1830 😾' }, metadata: { by: 'me' } });
    await test.client.appendToStream(name('json'), sent, base);

    const [{ event } = {}] = await collect(test.client.readStream(name('json')));

    expect(event).toMatchObject({
      id: sent.id,
      type: 'Said',
      data: sent.data,
      metadata: sent.metadata,
      isJson: true,
      revision: 0n,
      streamId: name('json'),
    });
    expect(Math.abs((event?.created.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('stores bytes with byte metadata as they were sent', async () => {
    const data = Uint8Array.from([0, 255, 1, 128]);
    const metadata = Uint8Array.from([9, 8, 200]);
    await test.client.appendToStream(name('binary'), binaryEvent({ type: 'Raw', data, metadata }), base);

    const [{ event } = {}] = await collect(test.client.readStream(name('binary')));

    expect(event?.isJson).toBe(false);
    expect([...(event?.data as Uint8Array)]).toEqual([...data]);
    expect([...(event?.metadata as Uint8Array)]).toEqual([...metadata]);
  });

  it('answers with the last revision and its position', async () => {
    const result = await test.client.appendToStream(name('position'), series(1, 3), base);
    const events = await collect(test.client.readStream(name('position')));

    expect(result.nextExpectedRevision).toBe(2n);
    expect(events.at(-1)?.event?.position).toEqual(result.position);
    expect(events.at(-1)?.commitPosition).toBe(result.position?.commit);
  });

  it.each([
    ['any', 'any'],
    ['no_stream', 'no_stream'],
  ] as const)('begins a stream with %s', async (label, expectedRevision) => {
    const result = await test.client.appendToStream(name(`begin-${label}`), numbered(1), {
      ...base,
      expectedRevision,
    });
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 0n });
  });

  it('goes on at the exact revision and where the stream exists', async () => {
    const stream = name('go-on');
    await test.client.appendToStream(stream, numbered(1), { ...base, expectedRevision: 'no_stream' });
    await test.client.appendToStream(stream, numbered(2), { ...base, expectedRevision: 0n });
    await test.client.appendToStream(stream, numbered(3), { ...base, expectedRevision: 'stream_exists' });
    expect(await numbersIn(test.client.readStream(stream))).toEqual([1, 2, 3]);
  });

  it.each([
    ['no_stream on one that is there', 2, 'no_stream', 1n],
    ['a revision behind', 3, 0n, 2n],
    ['a revision ahead', 1, 7n, 0n],
    ['a revision of a missing stream', 0, 1n, 'no_stream'],
    ['stream_exists on a missing stream', 0, 'stream_exists', 'no_stream'],
  ] as const)(
    'E7 refuses %s with expected and actual',
    async (label, events, expectedRevision, actualVersion) => {
      const stream = name(`refuse-${label}`);
      if (events > 0) await test.client.appendToStream(stream, series(1, events), base);

      const error = await rejection(
        test.client.appendToStream(stream, numbered(9), { ...base, expectedRevision }),
      );

      expect(error).toBeInstanceOf(WrongExpectedVersionError);
      expect(error).toMatchObject({ streamName: stream, expectedVersion: expectedRevision, actualVersion });
      expect(await countOf(stream)).toBe(events);
    },
  );

  it('E10 refuses an append over 1 MiB whole, and takes one just under it', async () => {
    const big = (length: number) => jsonEvent({ type: 'Big', data: 'x'.repeat(length) });
    const justUnder = [big(520_000), big(520_000)];
    const error = await rejection(test.client.appendToStream(name('big'), [...justUnder, big(9_000)], base));

    expect(error).toBeInstanceOf(MaxAppendSizeExceededError);
    expect(error).toMatchObject({ maxAppendSize: 1024 * 1024 });
    expect(await countOf(name('big'))).toBe(0);
    await test.client.appendToStream(name('big'), justUnder, base);
    expect(await countOf(name('big'))).toBe(2);
  });

  it('takes an append of nothing', async () => {
    await expect(test.client.appendToStream(name('nothing'), [], base)).resolves.toMatchObject({
      success: true,
    });
    expect(await countOf(name('nothing'))).toBe(0);
  });

  it('says what is wrong with an event without a type', async () => {
    const error = await rejection(
      test.client.appendToStream(name('typeless'), jsonEvent({ type: '', data: {} }), base),
    );
    expect(String(error)).toContain('Every event needs a type');
  });
});

it('E8 says what it can do, so that the client chooses batch append', async () => {
  const stub = new ServerFeaturesClient(`127.0.0.1:${test.node().port}`, credentials.createInsecure());
  const answer = await new Promise<SupportedMethods>((resolve, reject) => {
    stub.getSupportedMethods(new Empty(), (error, methods) => (error ? reject(error) : resolve(methods)));
  });
  stub.close();
  const methods = answer
    .getMethodsList()
    .map((method) => `${method.getServiceName()}/${method.getMethodName()}`);
  expect(answer.getEventStoreServerVersion()).toMatch(/^\d+\.\d+\.\d+$/);
  expect(methods).toContain('event_store.client.streams.streams/batchappend');
});

it('gives `throwOnAppendFailure: false` its answer', async () => {
  await test.client.appendToStream('no-throw', numbered(1));
  const quiet = EventStoreDBClient.connectionString(`${test.node().url}&throwOnAppendFailure=false`);
  const result = await quiet.appendToStream('no-throw', numbered(2), { expectedRevision: 5n });
  expect(result.success).toBe(false);
  await quiet.dispose();
});

it('puts a batch together that the client sends in parts', async () => {
  await test.client.appendToStream('parts', series(1, 500), { batchAppendSize: 1024 });
  expect(await countOf('parts')).toBe(500);
});

it('takes many appends of one turn, each once, in the order in which they were made', async () => {
  await Promise.all(series(1, 2_000).map((event) => test.client.appendToStream('flood', event)));
  expect(await numbersIn(test.client.readStream('flood'))).toEqual(
    Array.from({ length: 2_000 }, (_, index) => index + 1),
  );
});

it('lets exactly one of many writers at the same revision win', async () => {
  const results = await Promise.allSettled(
    series(1, 20).map((event) =>
      test.client.appendToStream('race', event, { expectedRevision: 'no_stream' }),
    ),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await countOf('race')).toBe(1);
});

it('answers a passed deadline and stores nothing', async () => {
  const error = await rejection(test.client.appendToStream('late', series(1, 3_000), { deadline: 1 }));
  expect(error).toMatchObject({ type: 'deadline-exceeded' });
  expect(await countOf('late')).toBe(0);
});

async function countOf(stream: string): Promise<number> {
  try {
    return (await collect(test.client.readStream(stream))).length;
  } catch (error) {
    if ((error as { type?: string }).type === 'stream-not-found') return 0;
    throw error;
  }
}

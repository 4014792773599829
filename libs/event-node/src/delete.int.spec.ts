import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
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
beforeAll(async () => {
  test = await startTestNode();
});
afterAll(() => test.remove());

const stream = (name: string) => test.client.readStream(name);
const revisions = async (name: string): Promise<(bigint | undefined)[]> =>
  (await collect(stream(name))).map(({ event }) => event?.revision);

describe('delete', () => {
  it('hides the stream, and says where the delete lies in the log', async () => {
    const { position } = await test.client.appendToStream('hidden', series(1, 3));
    const deleted = await test.client.deleteStream('hidden', { expectedRevision: 2n });

    expect(deleted.position?.commit).toBeGreaterThan(position?.commit ?? 0n);
    expect(await rejection(collect(stream('hidden')))).toBeInstanceOf(StreamNotFoundError);
  });

  it.each([
    ['another revision', 2, 5n],
    ['no_stream of one that is there', 2, 'no_stream'],
    ['a revision of a missing one', 0, 0n],
    ['no_stream of a missing one', 0, 'no_stream'],
  ] as const)('E7 refuses %s', async (label, events, expectedRevision) => {
    const name = `refused-${label}`;
    if (events > 0) await test.client.appendToStream(name, series(1, events));
    const error = await rejection(test.client.deleteStream(name, { expectedRevision }));
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
    expect(error).toMatchObject({ streamName: name });
  });

  it('takes a stream that has only metadata', async () => {
    await test.client.setStreamMetadata('only-metadata', { cacheControl: 10 });
    await expect(
      test.client.deleteStream('only-metadata', { expectedRevision: 'no_stream' }),
    ).resolves.toBeDefined();
  });

  it.each(['any', 'no_stream', 1n] as const)(
    'lets a stream live again with %s, at the next revision',
    async (expectedRevision) => {
      const name = `again-${expectedRevision}`;
      await test.client.appendToStream(name, series(0, 1));
      await test.client.deleteStream(name);
      const result = await test.client.appendToStream(name, series(2, 4), { expectedRevision });

      expect(result.nextExpectedRevision).toBe(4n);
      expect(await numbersIn(stream(name))).toEqual([2, 3, 4]);
      expect(await revisions(name)).toEqual([2n, 3n, 4n]);
      expect(await test.client.getStreamMetadata(name)).toMatchObject({ metadata: { truncateBefore: 2 } });
    },
  );

  it('lets it live again for one no_stream only', async () => {
    await test.client.appendToStream('once', series(0, 1));
    await test.client.deleteStream('once');
    await test.client.appendToStream('once', series(2, 4), { expectedRevision: 'no_stream' });
    expect(
      await rejection(test.client.appendToStream('once', numbered(9), { expectedRevision: 'no_stream' })),
    ).toBeInstanceOf(WrongExpectedVersionError);
  });

  it('H13 answers no_stream with the first event id of before as a retry, and stores nothing', async () => {
    const events = series(1, 1);
    await test.client.appendToStream('same-id', events, { expectedRevision: 'no_stream' });
    await test.client.deleteStream('same-id');
    await expect(
      test.client.appendToStream('same-id', events, { expectedRevision: 'no_stream' }),
    ).resolves.toMatchObject({ nextExpectedRevision: 0n });
    expect(await rejection(collect(stream('same-id')))).toBeInstanceOf(StreamNotFoundError);
  });

  it('refuses stream_exists on a deleted stream', async () => {
    await test.client.appendToStream('exists', numbered(1));
    await test.client.deleteStream('exists');
    expect(
      await rejection(
        test.client.appendToStream('exists', numbered(2), { expectedRevision: 'stream_exists' }),
      ),
    ).toBeInstanceOf(StreamDeletedError);
  });

  it('keeps the other metadata of a stream that lives again', async () => {
    await test.client.appendToStream('keeps', series(0, 1));
    await test.client.setStreamMetadata('keeps', {
      maxCount: 100,
      acl: { deleteRoles: ['some'] },
      colour: 'red',
    });
    await test.client.deleteStream('keeps');
    await test.client.appendToStream('keeps', numbered(2));
    const { metadata } = await test.client.getStreamMetadata('keeps');
    expect(metadata).toEqual({
      maxCount: 100,
      acl: { deleteRoles: ['some'] },
      colour: 'red',
      truncateBefore: 2,
    });
  });

  it('is undone by new metadata, empty: what was deleted stays hidden', async () => {
    await test.client.appendToStream('undone', series(0, 1));
    await test.client.deleteStream('undone');
    await test.client.setStreamMetadata('undone', { maxCount: 7 }, { expectedRevision: 0n });
    expect(await collect(stream('undone'))).toEqual([]);
    expect((await test.client.getStreamMetadata('undone')).metadata).toEqual({
      maxCount: 7,
      truncateBefore: 2,
    });
  });

  it('H9 leaves nothing of the events in $all, and all others', async () => {
    await test.client.appendToStream('all-1', [numbered(1, 'Gone')]);
    await test.client.appendToStream('all-2', [numbered(2, 'Gone')]);
    await test.client.deleteStream('all-1');
    const left = (await collect(test.client.readAll())).filter(({ event }) => event?.type === 'Gone');
    expect(left.map(numberOf)).toEqual([2]);
  });
});

describe('tombstone', () => {
  it('ends a stream for ever, on every way to it', async () => {
    await test.client.appendToStream('dead', series(1, 2));
    await test.client.tombstoneStream('dead', { expectedRevision: 1n });
    await test.restart();

    const attempts = [
      () => collect(stream('dead')),
      () => collect(test.client.readStream('dead', { direction: 'backwards', fromRevision: 'end' })),
      ...(['any', 'no_stream', 'stream_exists', 1n] as const).map(
        (expectedRevision) => () => test.client.appendToStream('dead', numbered(3), { expectedRevision }),
      ),
      () =>
        test.client.appendToStream('dead', numbered(3), { credentials: { username: 'a', password: 'b' } }),
      () => test.client.deleteStream('dead'),
      () => test.client.tombstoneStream('dead'),
    ];
    await test.reconnected();
    for (const attempt of attempts) {
      const error = await rejection(attempt());
      expect(error).toBeInstanceOf(StreamDeletedError);
      expect(error).toMatchObject({ streamName: 'dead' });
    }
  });

  it('ends its metadata too', async () => {
    await test.client.tombstoneStream('dead-metadata', { expectedRevision: 'no_stream' });
    expect(await rejection(test.client.getStreamMetadata('dead-metadata'))).toMatchObject({
      type: 'stream-deleted',
      streamName: '$$dead-metadata',
    });
    expect(await rejection(test.client.setStreamMetadata('dead-metadata', { maxCount: 1 }))).toBeInstanceOf(
      StreamDeletedError,
    );
  });

  it('takes a missing stream, and one that was deleted before', async () => {
    await test.client.tombstoneStream('never-there', { expectedRevision: 'no_stream' });
    await test.client.appendToStream('deleted-before', numbered(1));
    await test.client.deleteStream('deleted-before');
    await test.client.tombstoneStream('deleted-before');
    for (const name of ['never-there', 'deleted-before'])
      expect(await rejection(collect(stream(name)))).toBeInstanceOf(StreamDeletedError);
  });

  it.each([
    ['another revision', 5n],
    ['no_stream', 'no_stream'],
  ] as const)('E7 refuses %s', async (label, expectedRevision) => {
    const name = `alive-${label}`;
    await test.client.appendToStream(name, series(1, 2));
    expect(await rejection(test.client.tombstoneStream(name, { expectedRevision }))).toBeInstanceOf(
      WrongExpectedVersionError,
    );
    expect(await numbersIn(stream(name))).toEqual([1, 2]);
  });

  it('H9 stands in $all as an event', async () => {
    await test.client.tombstoneStream('marked');
    const marks = (await collect(test.client.readAll())).filter(({ event }) => event?.streamId === 'marked');
    expect(marks.map(({ event }) => [event?.type, event?.revision])).toEqual([
      ['$streamDeleted', 9223372036854775807n],
    ]);
  });
});

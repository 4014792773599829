import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BACKWARDS, END } from '@eventstore/db-client';
import { collect, numbered, numbersIn, series, startTestNode, type TestNode } from './test-node.fixtures.js';

let test: TestNode;
let now = Date.UTC(2026, 0, 1);
beforeAll(async () => {
  test = await startTestNode({ now: () => now });
});
afterAll(() => test.remove());

const numbers = (name: string, options = {}) => numbersIn(test.client.readStream(name, options));

describe('E9 stream metadata', () => {
  it('is given back as it was set, the newest only', async () => {
    const metadata = {
      maxAge: 2,
      cacheControl: 15,
      truncateBefore: 1,
      maxCount: 12,
      kitten: '😾',
      acl: {
        readRoles: ['admin'],
        writeRoles: ['admin'],
        deleteRoles: ['admin'],
        metaReadRoles: ['admin'],
        metaWriteRoles: ['admin'],
      },
    };
    await test.client.setStreamMetadata('given', { maxCount: 1 });
    await test.client.setStreamMetadata('given', metadata);
    expect(await test.client.getStreamMetadata('given')).toMatchObject({ streamName: 'given', metadata });
    expect(await collect(test.client.readStream('$$given'))).toHaveLength(1);
  });

  it('of a stream without any is just its name', async () => {
    await test.client.appendToStream('plain', numbered(1));
    expect(await test.client.getStreamMetadata('plain')).toEqual({ streamName: 'plain' });
  });

  it('can be set at an expected revision only', async () => {
    await test.client.setStreamMetadata('checked', { maxCount: 1 }, { expectedRevision: 'no_stream' });
    await expect(
      test.client.setStreamMetadata('checked', { maxCount: 2 }, { expectedRevision: 'no_stream' }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version' });
  });

  it('$maxCount shows the last so many', async () => {
    await test.client.setStreamMetadata('counted', { maxCount: 3 });
    await test.client.appendToStream('counted', series(1, 20));
    expect(await numbers('counted')).toEqual([18, 19, 20]);
    expect(await numbers('counted', { direction: BACKWARDS, fromRevision: END })).toEqual([20, 19, 18]);
    await test.client.appendToStream('counted', numbered(21));
    expect(await numbers('counted', { fromRevision: 0n })).toEqual([19, 20, 21]);
  });

  it('$tb shows what comes from there on', async () => {
    await test.client.appendToStream('truncated', series(0, 9));
    await test.client.setStreamMetadata('truncated', { truncateBefore: 6 });
    expect(await numbers('truncated')).toEqual([6, 7, 8, 9]);
    expect(await numbers('truncated', { direction: BACKWARDS, fromRevision: 7n })).toEqual([7, 6]);
    await test.client.setStreamMetadata('truncated', { truncateBefore: 2 });
    expect(await numbers('truncated')).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('$tb beyond the end shows nothing until the stream gets there', async () => {
    await test.client.appendToStream('beyond', series(0, 1));
    await test.client.setStreamMetadata('beyond', { truncateBefore: 3 });
    expect(await numbers('beyond')).toEqual([]);
    await test.client.appendToStream('beyond', series(2, 4));
    expect(await numbers('beyond')).toEqual([3, 4]);
  });

  it('$maxAge hides what has become too old', async () => {
    await test.client.setStreamMetadata('aged', { maxAge: 60 });
    await test.client.appendToStream('aged', series(1, 2));
    now += 45_000;
    await test.client.appendToStream('aged', series(3, 4));
    expect(await numbers('aged')).toEqual([1, 2, 3, 4]);
    now += 30_000;
    expect(await numbers('aged')).toEqual([3, 4]);
    expect(await numbers('aged', { direction: BACKWARDS, fromRevision: END, maxCount: 1 })).toEqual([4]);
    now += 60_000;
    expect(await numbers('aged')).toEqual([]);
  });

  it('all together show what every one of them lets through', async () => {
    await test.client.appendToStream('together', series(0, 9));
    await test.client.setStreamMetadata('together', { truncateBefore: 4, maxCount: 8, maxAge: 1000 });
    expect(await numbers('together')).toEqual([4, 5, 6, 7, 8, 9]);
  });

  it('holds across a restart', async () => {
    await test.client.setStreamMetadata('restarted', { maxCount: 2 });
    await test.client.appendToStream('restarted', series(1, 5));
    await test.restart();
    await test.reconnected();
    expect(await numbers('restarted')).toEqual([4, 5]);
  });
});

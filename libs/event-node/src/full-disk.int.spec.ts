import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonEvent } from '@eventstore/db-client';
import { startEventNode, verifyLog } from './index.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.fixtures.js';
import {
  collect,
  numbered,
  numbersIn,
  rejection,
  startTestNode,
  type TestNode,
} from './test-node.fixtures.js';

let disk: SmallDisk | undefined;
let started: TestNode | undefined;
beforeEach(async () => {
  disk = await mountSmallDisk(4);
});
afterEach(async () => {
  disk?.free();
  await started?.remove();
  started = undefined;
  await disk?.remove();
});

const start = async (dir: string): Promise<TestNode> => (started = await startTestNode({ dir }));

const wide = () => [1, 2, 3].map((n) => jsonEvent({ type: 'Wide', data: { n, text: 'x'.repeat(5_000) } }));

/** Appends until it is refused: how many were stored, and in what words it was refused. */
async function fill({ client }: TestNode): Promise<{ readonly stored: number; readonly refused: unknown }> {
  for (let stored = 0; ; stored += 1) {
    try {
      await client.appendToStream(`full-${stored % 20}`, wide());
    } catch (refused) {
      return { stored, refused };
    }
  }
}

const problemsIn = async (dir: string) => (await verifyLog(dir)).problems;
const startOn = (dir: string) => rejection(startEventNode({ dir }));

describe('a full disk', () => {
  it('refuses appends in words, goes on answering reads, damages nothing, and goes on when there is space', async () => {
    if (disk === undefined) return expect(disk).toBeUndefined();
    const dir = join(disk.dir, 'log');
    disk.leave(1_000_000);
    const test = await start(dir);
    const { stored, refused } = await fill(test);
    expect(stored).toBeGreaterThan(5);
    expect(refused).toMatchObject({
      message: expect.stringMatching(
        /could not be written \(.*ENOSPC.*nothing of this request was stored.*space/,
      ),
    });
    const wideEvents = async (): Promise<number> =>
      (await collect(test.client.readAll())).filter(({ event }) => event?.type === 'Wide').length;
    expect(await wideEvents()).toBe(stored * 3);

    disk.free();
    await test.client.appendToStream('after', numbered(1));
    await test.restart();
    await test.reconnected();
    expect(await wideEvents()).toBe(stored * 3);
    expect(await numbersIn(test.client.readStream('after'))).toEqual([1]);
    await test.node().stop();
    expect(await problemsIn(dir)).toEqual([]);
  });

  it.each([0, 4_096, 8_192, 65_536, 200_000])(
    'with %s bytes left is refused at the start in words, not by a signal, and left as it was',
    async (bytes) => {
      if (disk === undefined) return expect(disk).toBeUndefined();
      const dir = join(disk.dir, 'log');
      const test = await start(dir);
      await test.client.appendToStream('before', numbered(1));
      await test.node().stop();
      disk.leave(bytes);
      expect(await startOn(dir)).toMatchObject({
        message: expect.stringMatching(/cannot be written \(.*ENOSPC.*directory with space/),
      });
      // A directory that is new has yet to get its index, where LMDB would die.
      expect(await startOn(join(disk.dir, 'new'))).toMatchObject({
        message: expect.stringMatching(/cannot be written \(.*ENOSPC/),
      });
      disk.free();
      expect(await problemsIn(dir)).toEqual([]);
      await test.restart();
      await test.reconnected();
      expect(await numbersIn(test.client.readStream('before'))).toEqual([1]);
    },
  );
});

it('a read-only directory is refused in words and left as it was; it can be verified', async () => {
  if (disk === undefined) return expect(disk).toBeUndefined();
  const dir = join(disk.dir, 'log');
  const test = await start(dir);
  await test.client.appendToStream('before', numbered(1));
  await test.node().stop();
  disk.setReadOnly(true);
  expect(await startOn(dir)).toMatchObject({
    message: expect.stringMatching(/cannot be written \(.*EROFS.*may write to/),
  });
  expect(await problemsIn(dir)).toEqual([]);
  disk.setReadOnly(false);
  await test.restart();
  await test.reconnected();
  await test.client.appendToStream('before', numbered(2), { expectedRevision: 0n });
  expect(await numbersIn(test.client.readStream('before'))).toEqual([1, 2]);
});

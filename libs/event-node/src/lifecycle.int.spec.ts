import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';
import { startEventNode } from './index.js';
import {
  makeDir,
  numbered,
  numbersIn,
  rejection,
  series,
  startTestNode,
  until,
} from './test-node.fixtures.js';

describe('E11 stopping', () => {
  it('finishes the appends under way and ends open calls with CANCELLED', async () => {
    const test = await startTestNode();
    const errors: Error[] = [];
    let confirmed = false;
    test.client
      .subscribeToAll()
      .on('confirmation', () => (confirmed = true))
      .on('error', (error) => errors.push(error))
      .resume();
    await until('confirmed', () => confirmed);
    const appends = series(1, 50).map((event) =>
      test.client.appendToStream('stopping', event).then(
        () => 1,
        () => 0,
      ),
    );
    await Promise.any(appends);
    await test.node().stop();
    const acknowledged = (await Promise.all(appends)).filter((ok) => ok === 1).length;
    await until('cancelled', () => errors.length > 0);

    expect(errors[0]).toMatchObject({ type: 'cancelled' });
    const again = await startTestNode({ dir: test.dir });
    const stored = await numbersIn(again.client.readStream('stopping')).catch(() => []);
    expect(stored.length).toBeGreaterThanOrEqual(acknowledged);
    await again.remove();
    await test.client.dispose();
  });

  it('can be asked for twice', async () => {
    const test = await startTestNode();
    await expect(Promise.all([test.node().stop(), test.node().stop()])).resolves.toEqual([
      undefined,
      undefined,
    ]);
    await test.remove();
  });
});

describe('E11 one node per directory', () => {
  it('refuses the second, and says who has it', async () => {
    const test = await startTestNode();
    const error = await rejection(startEventNode({ dir: test.dir }));
    expect(error).toMatchObject({
      message: expect.stringMatching(new RegExp(`in use by process ${process.pid}`)),
    });
    await test.client.appendToStream('still', numbered(1));
    await test.remove();
  });

  it('takes over from a process that is gone, even when its pid is in use again', async () => {
    const dir = await makeDir();
    await writeFile(join(dir, 'lock'), JSON.stringify({ pid: process.pid, started: 'another boot:1' }));
    const test = await startTestNode({ dir });
    expect(existsSync(join(dir, 'lock'))).toBe(true);
    await test.remove();
    expect(existsSync(join(dir, 'lock'))).toBe(false);
  });

  it('refuses a port that is taken, and leaves the directory free', async () => {
    const first = await startTestNode();
    const dir = await makeDir();
    await expect(startEventNode({ dir, port: first.node().port })).rejects.toThrow();
    const second = await startTestNode({ dir });
    await Promise.all([first.remove(), second.remove()]);
  });
});

it('E8 is found by discovery', async () => {
  const test = await startTestNode();
  const client = EventStoreDBClient.connectionString(
    `esdb+discover://127.0.0.1:${test.node().port}?tls=false`,
  );
  await client.appendToStream('found', numbered(1));
  expect(await numbersIn(client.readStream('found'))).toEqual([1]);
  await client.dispose();
  await test.remove();
});

it('answers what it has not in words', async () => {
  const test = await startTestNode();
  for (const [call, words] of [
    [test.client.listProjections(), 'no server-side projections'],
    [
      test.client.createPersistentSubscriptionToStream('s', 'g', { ...PERSISTENT }),
      'no persistent subscriptions',
    ],
  ] as const) {
    expect(await rejection(call)).toMatchObject({ message: expect.stringContaining(words) });
  }
  await test.remove();
});

const PERSISTENT = {
  checkPointAfter: 1000,
  checkPointLowerBound: 1,
  checkPointUpperBound: 1,
  consumerStrategyName: 'Pinned',
  extraStatistics: false,
  historyBufferSize: 1,
  liveBufferSize: 1,
  maxRetryCount: 1,
  maxSubscriberCount: 1,
  messageTimeout: 1,
  readBatchSize: 1,
  resolveLinkTos: false,
  startFrom: 'start',
} as const;

it('goes on where it stopped, after many restarts', async () => {
  const test = await startTestNode({ segmentBytes: 64 * 1024, maxAppendBytes: 32 * 1024 });
  for (let round = 0; round < 4; round += 1) {
    const batch = series(round * 100, round * 100 + 99);
    await test.client
      .appendToStream('rounds', batch)
      .catch(() => test.client.appendToStream('rounds', batch));
    await test.restart();
  }
  await test.reconnected();
  expect(await numbersIn(test.client.readStream('rounds'))).toEqual(Array.from({ length: 400 }, (_, n) => n));
  await test.remove();
});

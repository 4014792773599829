import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@stemma/queue';
import { eventually, type OwnServer, startFaultProxy, startRedis } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { openLeases } from './leases.js';
import { sharedBuckets } from './shared-buckets.js';

let redis: OwnServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

const clock = () => performance.now();
const slow = { quota: 10, windowSeconds: 1_000 };
const connected = async (url: string) => {
  const connection = connectRedis({ url, onFault: () => undefined });
  await eventually(
    () => connection.ping(),
    (answer) => answer === 'PONG',
  );
  return connection;
};

describe('buckets in Redis', () => {
  it('are shared by all processes, expire by themselves, and hold nothing of a person', async () => {
    const [one, two] = await Promise.all([connected(redis.url), connected(redis.url)]);
    const first = sharedBuckets(one, clock);
    const second = sharedBuckets(two, clock);
    expect(await first.take('a', slow, 7)).toMatchObject({ granted: 7 });
    expect(await second.take('a', slow, 7)).toMatchObject({ granted: 3, retryMs: 0 });
    const refused = await first.take('a', slow, 1);
    expect(refused.granted).toBe(0);
    expect(refused.retryMs).toBeGreaterThan(90_000);
    expect(await one.pttl('stemma:limit:a')).toBeGreaterThan(0);
    one.disconnect();
    two.disconnect();
  });

  it('cost little: a lease is asked for about ten times a second, whatever the rate', async () => {
    const connection = await connected(redis.url);
    const leases = openLeases(sharedBuckets(connection, clock), clock);
    const fast = { quota: 50_000, windowSeconds: 10 };
    await leases.take('b', fast);
    const before = process.cpuUsage();
    const rounds = 4_000;
    for (let round = 0; round < rounds; round += 1) await leases.take('b', fast);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / rounds / 1_000).toBeLessThan(0.1);
    connection.disconnect();
  });

  it('are those of each process while Redis is away, silent or gone, and shared again when it is back', async () => {
    const name = randomUUID();
    const proxy = await startFaultProxy(Number(new URL(redis.url).port));
    const through = new URL(redis.url);
    through.port = String(proxy.port);
    const connection = await connected(through.href);
    const buckets = sharedBuckets(connection, clock);
    expect(await buckets.take(name, slow, 10)).toMatchObject({ granted: 10 });
    proxy.halfOpen();
    const began = clock();
    expect(await buckets.take(name, slow, 4)).toMatchObject({ granted: 4, left: expect.closeTo(6, 1) });
    expect(clock() - began).toBeLessThan(1_000);
    const again = clock();
    expect(await buckets.take(name, slow, 4)).toMatchObject({ granted: 4, left: expect.closeTo(2, 1) });
    expect(clock() - again).toBeLessThan(50);
    proxy.cut();
    await eventually(
      () => buckets.take(name, slow, 0),
      ({ left }) => left < 1,
    );
    connection.disconnect();
    await proxy.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedis } from '@stemma/testing';
import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import {
  connectRedis,
  dropReport,
  openLogNews,
  openRunConsumer,
  openRunProducer,
  publishLines,
  publishNews,
  readLines,
  readPresence,
  readReports,
  type RunJob,
  type RunProducer,
  sayAlive,
  sayGone,
  sayReport,
  unsafeMemoryPolicy,
  type WorkerReport,
} from './index.js';

const tenantId = randomUUID();
const job = (): RunJob => ({ tenantId, runId: randomUUID(), attempt: 1 });
const faults: unknown[] = [];
const onFault = (error: unknown): void => void faults.push(error);

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, onFault });
  await new Promise((resolve) => redis.once('ready', resolve));
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const added = (producer: RunProducer, wanted: RunJob): Promise<unknown> =>
  eventually(
    () => producer.add(wanted),
    () => true,
  );

describe('the queue of runs', () => {
  it('hands a job over once, and holds nothing of it afterwards', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const [first, second] = [job(), job()];
    await added(producer, first);
    await producer.add(first);
    await producer.add(second);
    const done: string[] = [];
    const consumer = openRunConsumer({
      url: server.url,
      onFault,
      workerId: 'worker-a',
      concurrency: 2,
      process: ({ runId }) => {
        done.push(runId);
        return Promise.resolve();
      },
    });
    await eventually(
      () => done.length,
      (count) => count === 2,
    );
    await eventually(
      () => producer.find(first),
      (held) => held === null,
    );
    expect(done).toEqual([first.runId, second.runId]);
    await consumer.close();
    await producer.close();
  });

  it('Q3 the id of a job that is gone is taken again: only the log can say that it must not run', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const again = job();
    let times = 0;
    const consumer = openRunConsumer({
      url: server.url,
      onFault,
      workerId: 'worker-a',
      concurrency: 1,
      process: () => Promise.resolve(void times++),
    });
    for (const wanted of [1, 2]) {
      await added(producer, again);
      await eventually(
        () => times,
        (count) => count === wanted,
      );
      await eventually(
        () => producer.find(again),
        (held) => held === null,
      );
    }
    expect(times).toBe(2);
    await consumer.close();
    await producer.close();
  });

  it('Q1 an emptied Redis holds nothing, and says nothing: what must run is asked of the log', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const waiting = job();
    await added(producer, waiting);
    expect(await producer.find(waiting)).toEqual({ workerId: null });
    await redis.flushall();
    expect(await producer.find(waiting)).toBeNull();
    await producer.close();
  });

  it('Q5 jobs carry ids only', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const plain = job();
    await added(producer, plain);
    const stored = await redis.hget(`{stemma}:runs:${plain.runId}-1`, 'data');
    expect(JSON.parse(stored ?? '')).toEqual(plain);
    await redis.flushall();
    await producer.close();
  });

  it('Q7 every key has the one hash tag, so that a cluster keeps them together', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const waiting = job();
    await added(producer, waiting);
    await sayAlive(redis, 'worker-a', 1_000);
    await publishLines(redis, waiting.runId, 1, [{ offset: 0, entry: { message: 'line' } }]);
    const keys = await redis.keys('*');
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter((key) => !key.startsWith('{stemma}:'))).toEqual([]);
    await redis.flushall();
    await producer.close();
  });

  it('what waits is listed and can be taken back, once', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const waiting = job();
    await added(producer, waiting);
    expect(await producer.list()).toMatchObject([{ ...waiting, state: 'waiting' }]);
    expect([await producer.remove(waiting), await producer.remove(waiting)]).toEqual([true, false]);
    expect([await producer.list(), await producer.isInHand(waiting)]).toEqual([[], false]);
    await producer.close();
  });

  it('a job in the hands of a worker that is gone is taken from it, and may come again at once', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const taken = job();
    await added(producer, taken);
    const held = Promise.withResolvers<void>();
    const times: string[] = [];
    const consumer = (workerId: string, process: () => Promise<void>) =>
      openRunConsumer({
        ...{ url: server.url, onFault, workerId, concurrency: 1 },
        process: () => (times.push(workerId), process()),
      });
    const gone = consumer('gone', () => held.promise);
    await eventually(
      () => producer.find(taken),
      (found) => found?.workerId === 'gone',
    );
    expect(await producer.release(taken, 'somebody else')).toBe(false);
    const both = await Promise.all([producer.release(taken, 'gone'), producer.release(taken, 'gone')]);
    expect(both.sort()).toEqual([false, true]);
    expect(await producer.find(taken)).toBeNull();
    const next = consumer('next', () => Promise.resolve());
    await producer.add(taken);
    await eventually(
      () => times,
      ({ length }) => length === 2,
    );
    held.resolve();
    await Promise.all([gone.close(), next.close()]);
    expect([times, await producer.find(taken)]).toEqual([['gone', 'next'], null]);
    await producer.close();
  });

  it('a job that was put back meanwhile is left alone: while it waits, and in the hands of a living worker', async () => {
    const producer = openRunProducer({ url: server.url, onFault });
    const taken = job();
    await added(producer, taken);
    const [lost, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ownFaults: unknown[] = [];
    const consumer = (workerId: string, process: () => Promise<void>) =>
      openRunConsumer({
        ...{ url: server.url, workerId, concurrency: 1, process },
        onFault: (error) => void (workerId === 'gone' ? onFault(error) : ownFaults.push(error)),
      });
    const isIn = (workerId: string) =>
      eventually(
        () => producer.find(taken),
        (found) => found?.workerId === workerId,
      );
    const gone = consumer('gone', () => lost.promise);
    await isIn('gone');
    expect(await producer.release(taken, 'gone')).toBe(true);
    lost.resolve();
    await gone.close();
    await producer.add(taken);
    const key = `{stemma}:runs:${taken.runId}-1`;
    const before = await redis.hgetall(key);
    expect(await producer.release(taken, 'gone')).toBe(false);
    expect([await redis.hgetall(key), await producer.find(taken)]).toEqual([before, { workerId: null }]);

    const living = consumer('living', () => held.promise);
    await isIn('living');
    expect(await producer.release(taken, 'gone')).toBe(false);
    expect(await producer.isInHand(taken)).toBe(true);
    held.resolve();
    await living.close();
    expect([ownFaults, await producer.find(taken)]).toEqual([[], null]);
    await producer.close();
  });

  it('Q6 a Redis that is away is told at once, and a wrong memory policy too', async () => {
    const producer = openRunProducer({ url: 'redis://127.0.0.1:1', onFault });
    const before = Date.now();
    await expect(producer.add(job())).rejects.toThrow();
    expect(Date.now() - before).toBeLessThan(1_000);
    await producer.close();
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await unsafeMemoryPolicy(redis)).toBe('allkeys-lru');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    expect(await unsafeMemoryPolicy(redis)).toBeNull();
  });
});

describe('what workers say of themselves', () => {
  it('is read by the others, until they go', async () => {
    await sayAlive(redis, 'worker-a', 1_000);
    await sayAlive(redis, 'worker-b', 2_000);
    await sayGone(redis, 'worker-a');
    expect(await readPresence(redis, 3_000)).toEqual(new Map([['worker-b', 2_000]]));
  });

  it('is forgotten a day after the last beat of one that was killed', async () => {
    await redis.flushall();
    const day = 86_400_000;
    await sayAlive(redis, 'killed', 1_000);
    await sayAlive(redis, 'alive', 2_000);
    expect([...(await readPresence(redis, day + 999)).keys()].sort()).toEqual(['alive', 'killed']);
    expect(await readPresence(redis, day + 1_000)).toEqual(new Map([['alive', 2_000]]));
    expect([...(await readPresence(redis, 2_000)).keys()]).toEqual(['alive']);
    await redis.flushall();
  });
});

describe('what workers report', () => {
  const report = (workerId: string, at: number): WorkerReport => ({
    ...{ workerId, at, concurrency: 4, perTenant: 2, executing: [], waiting: 0, pool: [], containers: [] },
  });

  it('is kept an hour when one of them was killed, and is gone then', async () => {
    const now = Date.now();
    await sayReport(redis, report('alive', now));
    await sayReport(redis, report('silent', now - 3_599_000));
    await sayReport(redis, report('dead', now - 3_600_000));
    const told = async (at: number) => (await readReports(redis, at)).map(({ workerId }) => workerId).sort();
    expect(await told(now)).toEqual(['alive', 'silent']);
    expect(await told(now - 3_000_000)).toEqual(['alive', 'silent']);
    expect(await told(now + 2_000)).toEqual(['alive']);
    await dropReport(redis, 'alive');
    expect(await told(now)).toEqual([]);
  });
});

describe('the live log of an attempt', () => {
  it('is read from any line on, and wakes its followers', async () => {
    const run = { runId: randomUUID(), attempt: 1 };
    const news = openLogNews({ url: server.url, onFault });
    const woken = eventually(
      async () => {
        const next = news.next(run.runId, 50, new AbortController().signal);
        const lines = await readLines(redis, run, 1);
        await next;
        return lines;
      },
      (lines) => lines.length === 2,
    );
    const lines = [0, 1, 2].map((offset) => ({ offset, entry: { message: `line ${offset}` } }));
    await publishLines(redis, run.runId, run.attempt, lines);
    expect(await woken).toEqual(lines.slice(1));
    news.close();
  });

  it('tells short lines themselves, as long as they follow each other; others are to be read', async () => {
    const runId = randomUUID();
    const news = openLogNews({ url: server.url, onFault });
    const watch = news.watch(runId);
    const { signal } = new AbortController();
    const say = (attempt: number, ...lines: readonly (readonly [number, string])[]) =>
      publishLines(
        redis,
        runId,
        attempt,
        lines.map(([offset, message]) => ({ offset, entry: { message } })),
      );
    const told = async (...said: Parameters<typeof say>) => {
      await say(...said);
      return eventually(
        () => watch.next(100, signal),
        ({ kind }) => kind === 'lines',
      );
    };
    await eventually(
      async () => {
        await say(1, [0, 'heard?']);
        return watch.next(50, signal);
      },
      ({ kind }) => kind === 'lines',
    );
    expect(await told(2, [0, 'one, ”two”\n'], [1, 'three'])).toEqual({
      kind: 'lines',
      attempt: 2,
      lines: [
        { offset: 0, entry: { message: 'one, ”two”\n' } },
        { offset: 1, entry: { message: 'three' } },
      ],
    });
    expect(await told(3, [0, 'x'.repeat(3_000)])).toEqual({ kind: 'lines', attempt: 3, lines: [] });
    watch.close();
    news.close();
  });

  it('tells whoever watches what kind of news there was since he last asked', async () => {
    const [runId, other] = [randomUUID(), randomUUID()];
    const news = openLogNews({ url: server.url, onFault });
    const watch = news.watch(runId);
    const { signal } = new AbortController();
    const line = [{ offset: 0, entry: {} }];
    const heard = async (publish: () => Promise<void>) => {
      await publish();
      return watch.next(20, signal);
    };
    const ofOther = () => publishNews(redis, other);
    const ofLines = () => publishLines(redis, runId, 1, line);
    await eventually(
      () => heard(ofLines),
      ({ kind }) => kind === 'lines',
    );
    expect(await heard(ofOther)).toEqual({ kind: 'idle' });
    await publishNews(redis, runId);
    expect(
      await eventually(
        () => heard(ofLines),
        ({ kind }) => kind !== 'idle',
      ),
    ).toEqual({ kind: 'moved' });
    expect(await watch.next(60_000, AbortSignal.abort())).not.toEqual({ kind: 'moved' });
    watch.close();
    news.close();
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { counterLives, counters } from '../log/counters.fixtures.js';
import type { RecordedEvent } from '../log/event-source.js';
import { memoryLog, type MemoryLog } from '../log/memory-log.fixtures.js';
import type { Projection } from '../projection/projection.js';
import { ask, rowsIn, rowsOfReplay, startEngine, until, untilAt } from './engine.fixtures.js';

const lastOf = (events: readonly RecordedEvent[]): bigint => events.at(-1)?.position ?? -1n;

describe('a projection that follows the log', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let next: ReturnType<typeof counterLives>;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    next = counterLives(10);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await postgres.stop();
  });

  const start = (projections: readonly Projection[] = [counters], source = log) => {
    const engine = startEngine(postgres.url, source, projections);
    stops.push(() => engine.stop());
    return engine;
  };
  const checkpoint = async () =>
    (await ask(postgres.superuserUrl, 'SELECT * FROM stemma.checkpoints'))[0] ?? {};
  const rows = () => rowsIn(postgres.superuserUrl, counters);
  const expectCleanRows = async () => {
    expect(await rows()).toEqual(rowsOfReplay(counters, log.events));
    expect((await checkpoint())['position']).toBe(lastOf(log.events));
  };

  it('makes the rows of a clean replay, of what was there when it started and of what came later', async () => {
    log.add(...next(700));
    const engine = start();
    await untilAt(engine, lastOf(log.events));
    for (let burst = 1; burst < 20; burst += 1) {
      log.add(...next(burst * 3));
      if (burst % 3 === 0) await untilAt(engine, lastOf(log.events));
    }
    await untilAt(engine, lastOf(log.events));
    await expectCleanRows();
  });

  it('keeps what rows were, in every build the same way', async () => {
    log.add(...next(300));
    const engine = start();
    await untilAt(engine, lastOf(log.events));
    log.add(...next(300));
    await untilAt(engine, lastOf(log.events));
    const past = await ask(
      postgres.superuserUrl,
      'SELECT id, total, _since, _until FROM counters__1.counters__past ORDER BY id, _since',
    );
    const touching = log.events.filter(
      ({ type, stream }) => stream.startsWith('counter-') && type !== 'CounterOpened',
    ).length;
    expect(past).toHaveLength(touching);
    const gaps = past.filter(
      (row, index) =>
        past[index + 1]?.['id'] === row['id'] &&
        BigInt(String(row['_until'])) > BigInt(String(past[index + 1]?.['_since'])),
    );
    expect(gaps).toEqual([]);
  });

  it('P4 writes in batches: far fewer transactions than events when many are waiting', async () => {
    log.add(...next(5_000));
    const engine = start();
    await untilAt(engine, lastOf(log.events));
    const { transactions } = engine.status()[0] ?? {};
    expect(transactions).toBeLessThan(5_000 / 100);
  });

  it('goes on where it was when the subscription, or the connection to Postgres, is cut', async () => {
    const engine = start();
    for (let cut = 0; cut < 6; cut += 1) {
      log.add(...next(40));
      if (cut % 2 === 0) log.drop(new Error('the connection dropped'));
      else {
        await ask(
          postgres.superuserUrl,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'stemma-projector%'",
        );
      }
      log.add(...next(40));
      await untilAt(engine, lastOf(log.events));
    }
    await expectCleanRows();
    expect(engine.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('lets one of two projectors write, and the other take over when the first is gone', async () => {
    log.add(...next(100));
    const first = start();
    await untilAt(first, lastOf(log.events));
    const second = start();
    log.add(...next(100));
    await untilAt(first, lastOf(log.events));
    expect(second.status()).toMatchObject([{ activity: 'waiting', position: null }]);
    await first.stop();
    log.add(...next(100));
    await untilAt(second, lastOf(log.events));
    await expectCleanRows();
  });

  it('P3 fences a writer whose lock is lost while its connection still commits', async () => {
    log.add(...next(50));
    const engine = start();
    await untilAt(engine, lastOf(log.events));
    // What a second writer does first. The lock is not asked: this one is past it.
    await ask(postgres.superuserUrl, 'UPDATE stemma.checkpoints SET epoch = epoch + 1');
    const before = await rows();
    log.add(...next(1));
    await until(
      () => engine.lines,
      (lines) => lines.some(({ level }) => level === 'warn'),
    );
    const held = engine.lines.find(({ level }) => level === 'warn');
    expect(held?.message).toMatch(/counters is interrupted.*another writer moved its checkpoint/);
    // It claims the checkpoint anew and repeats the batch from what is committed: nothing was written in between.
    await untilAt(engine, lastOf(log.events));
    expect(await rows()).not.toEqual(before);
    await expectCleanRows();
  });

  it('stops when its checkpoint is gone, rather than begin again on top of the rows', async () => {
    log.add(...next(50));
    const engine = start();
    await untilAt(engine, lastOf(log.events));
    await ask(postgres.superuserUrl, 'DELETE FROM stemma.checkpoints');
    log.add(...next(1));
    const [status] = await until(engine.status, ([one]) => one?.activity === 'stopped');
    expect(status?.reason).toMatch(/was dropped/);
  });

  it('refuses a log that was replaced by an older backup, and names the rebuild', async () => {
    log.add(...next(50));
    await untilAt(start(), lastOf(log.events));
    for (const stop of stops.splice(0)) await stop();
    log.truncate(40);
    const { position } = await checkpoint();
    const [shorter] = await until(start().status, ([one]) => one?.activity === 'stopped');
    expect(shorter?.reason).toMatch(/no longer found.*stemma projections rebuild counters/);
    log.add(...next(20));
    const [another] = await until(start().status, ([one]) => one?.activity === 'stopped');
    expect(another?.reason).toMatch(/no longer found.*stemma projections rebuild counters/);
    expect((await checkpoint())['position']).toBe(position);
  });

  it('refuses, while it runs, a log that was replaced and has grown past where it stood', async () => {
    log.add(...next(30));
    const engine = start();
    await untilAt(engine, lastOf(log.events));
    log.add(...next(20));
    await untilAt(engine, lastOf(log.events));
    const { position } = await checkpoint();
    log.truncate(20);
    log.drop(new Error('the server is started again'));
    log.add(...counterLives(10)(60));
    const [stopped] = await until(engine.status, ([one]) => one?.activity === 'stopped');
    expect(stopped?.reason).toMatch(/no longer found.*stemma projections rebuild counters/);
    expect((await checkpoint())['position']).toBe(position);
  });

  it('refuses another log, and names both', async () => {
    log.add(...next(5));
    await untilAt(start(), lastOf(log.events));
    for (const stop of stops.splice(0)) await stop();
    const other = memoryLog();
    const [status] = await until(start([counters], other).status, ([one]) => one?.activity === 'stopped');
    expect(status?.reason).toMatch(
      /was built from log .*, and this is log .*EVENTSTORE_URL.*rebuild counters/,
    );
  });

  it('stops before an event of a later release, having committed all before it', async () => {
    log.add(...next(50));
    const known = log.events.at(-1);
    log.add(
      { stream: 'counter-x', type: 'CounterPainted', data: {}, metadata: { release: '9.1' } },
      ...next(3),
    );
    const engine = start();
    const [status] = await until(engine.status, ([one]) => one?.activity === 'stopped');
    expect(status?.reason).toMatch(/CounterPainted.*9\.1.*Run a projector of that release/);
    expect((await checkpoint())['position']).toBe(known?.position);
    expect(await rows()).toEqual(rowsOfReplay(counters, log.events.slice(0, 51)));
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { withClient } from '../database/connect.js';
import { counterLives, counters } from '../log/counters.fixtures.js';
import { memoryLog, type MemoryLog } from '../log/memory-log.fixtures.js';
import { ask, rowsIn, rowsOfReplay, startEngine, until, untilAt } from './engine.fixtures.js';
import type { RunningProjections } from './run-projections.js';

const all = ['one', 'two', 'three'].map((name) => ({ ...counters, name }));

describe('projections that follow the log together', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let next: ReturnType<typeof counterLives>;
  let engine: RunningProjections & { readonly lines: readonly { level: string; message: string }[] };
  beforeEach(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    next = counterLives(10);
    log.add(...next(50));
    engine = startEngine(postgres.url, log, all);
    await untilAt(engine, lastPosition());
  });
  afterEach(async () => {
    await engine.stop();
    await postgres.stop();
  });

  const lastPosition = () => log.events.at(-1)?.position ?? -1n;
  const standing = async () =>
    ask(postgres.superuserUrl, 'SELECT projection, position, xmin::text FROM stemma.checkpoints ORDER BY 1');
  const positionOf = (name: string) =>
    engine.status().find(({ projection }) => projection === name)?.position ?? -1n;
  const expectCleanRows = async () => {
    await untilAt(engine, lastPosition());
    for (const projection of all) {
      expect(await rowsIn(postgres.superuserUrl, projection)).toEqual(rowsOfReplay(projection, log.events));
    }
  };

  it('commit in one transaction what one event makes of all of them', async () => {
    const transactions: number[] = [];
    for (let event = 0; event < 10; event += 1) {
      log.add(...next(1));
      await untilAt(engine, lastPosition());
      transactions.push(new Set((await standing()).map(({ xmin }) => xmin)).size);
    }
    // On a busy machine one of them may be late for a group.
    expect(transactions.filter((count) => count === 1).length).toBeGreaterThan(5);
    await expectCleanRows();
  });

  it('do not wait for one that is held', async () => {
    await withClient(postgres.superuserUrl, 'spec', async (holder) => {
      const held = positionOf('two');
      await holder.query("BEGIN; SELECT FROM stemma.checkpoints WHERE projection = 'two' FOR UPDATE");
      for (let event = 0; event < 5; event += 1) {
        log.add(...next(1));
        const position = lastPosition();
        await until(
          () => ['one', 'three'].map(positionOf),
          (positions) => positions.every((at) => at >= position),
        );
      }
      expect(positionOf('two')).toBe(held);
      await holder.query('ROLLBACK');
    });
    await expectCleanRows();
  });

  it('P3 are fenced each for itself', async () => {
    await ask(
      postgres.superuserUrl,
      "UPDATE stemma.checkpoints SET epoch = epoch + 1 WHERE projection = 'two'",
    );
    log.add(...next(20));
    await expectCleanRows();
    const interrupted = engine.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(interrupted).toEqual([
      expect.stringMatching(/^two is interrupted.*another writer moved its checkpoint/),
    ]);
  });

  it('go on without one that cannot apply what the others can', async () => {
    await ask(postgres.superuserUrl, 'ALTER TABLE two__1.counters ADD CHECK (false) NOT VALID');
    log.add(...next(60));
    await untilAt(engine, lastPosition());
    const parked = Object.fromEntries(engine.status().map((one) => [one.projection, one.parked > 0]));
    expect(parked).toEqual({ one: false, two: true, three: false });
    for (const projection of all.filter(({ name }) => name !== 'two')) {
      expect(await rowsIn(postgres.superuserUrl, projection)).toEqual(rowsOfReplay(projection, log.events));
    }
  });
});

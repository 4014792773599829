import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { openReadModel, type ReadModel } from '../index.js';
import { startEngine, untilAt } from '../live/engine.fixtures.js';
import type { RunningProjections } from '../live/run-projections.js';
import { counterLives, counterRows, counters, stepRows, tenantA } from '../log/counters.fixtures.js';
import type { RecordedEvent } from '../log/event-source.js';
import { memoryLog, type MemoryLog, type NewEvent } from '../log/memory-log.fixtures.js';
import { replay } from '../projection/replay.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const at = (event: RecordedEvent | undefined): string | undefined =>
  event && 'at' in event.metadata ? String(event.metadata.at) : undefined;

/** Clocks of several processes: mostly forwards, now and then a little back. */
const clocked = (events: readonly NewEvent[], from: number): readonly NewEvent[] =>
  events.map((event, index) => {
    const millis =
      Date.parse('2026-11-21T08:00:00.000Z') + (from + index) * 700 - (index % 7 === 3 ? 2_500 : 0);
    return { ...event, metadata: { ...event.metadata, at: new Date(millis).toISOString() } };
  });

describe('asking how things were', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let engine: RunningProjections;
  let readModel: ReadModel;
  beforeAll(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    const next = counterLives(8);
    log.add(...clocked(next(300), 0));
    engine = startEngine(postgres.url, log, [counters]);
    await untilAt(engine, log.events.at(-1)?.position ?? 0n);
    // The first part was built from pages, what follows comes live: both keep the past the same way.
    for (let batch = 0; batch < 20; batch += 1) log.add(...clocked(next(10), 300 + batch * 10));
    await untilAt(engine, log.events.at(-1)?.position ?? 0n);
    readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
  });
  afterAll(async () => {
    await readModel.close();
    await engine.stop();
    await postgres.stop();
  });

  const asOf = async (position: bigint) => {
    const { logId } = (
      await readModel.read({ tenantId: tenantA, projections: [counters] }, () => Promise.resolve(0))
    ).position;
    const request = { tenantId: tenantA, projections: [counters], asOf: { logId, position } };
    return readModel.read(request, async (db) => ({
      counters: await db.views(counters).selectFrom('counters_v1').selectAll().orderBy('id').execute(),
      steps: await db
        .views(counters)
        .selectFrom('counters_v1_steps')
        .selectAll()
        .orderBy('id')
        .orderBy('revision')
        .execute(),
    }));
  };
  const replayed = (events: readonly RecordedEvent[]) => {
    const { rows } = replay(counters, events);
    return {
      counters: rows(counterRows)
        .filter(({ tenantId }) => tenantId === tenantA)
        .sort((one, other) => (one.id < other.id ? -1 : 1)),
      steps: rows(stepRows)
        .filter(({ tenantId }) => tenantId === tenantA)
        .sort((one, other) =>
          one.id === other.id ? Number(one.revision - other.revision) : one.id < other.id ? -1 : 1,
        ),
    };
  };

  it('answers, at every position, what a replay up to it answers, lists included', async () => {
    for (let count = 0; count <= log.events.length; count += count < 20 ? 1 : 13) {
      const events = log.events.slice(0, count);
      const { value, position } = await asOf(events.at(-1)?.position ?? -1n);
      expect(value).toEqual(replayed(events));
      expect(position.position).toBe(events.at(-1)?.position ?? -1n);
    }
  });

  it('finds the position of a time: before the first event that says, or comes after one that said, a later one', async () => {
    const running = log.events.map((_, index) =>
      log.events
        .slice(0, index + 1)
        .reduce((latest, event) => ((at(event) ?? '') > latest ? (at(event) ?? '') : latest), ''),
    );
    const times = [
      '2026-11-21T07:00:00.000Z',
      '2027-01-01T00:00:00.000Z',
      ...running.filter((_, index) => index % 37 === 1),
    ];
    for (const time of times) {
      const behind = running.findIndex((latest) => latest > time);
      const expected = log.events[(behind < 0 ? log.events.length : behind) - 1]?.position ?? -1n;
      expect([time, (await readModel.positionAt(counters, time, log)).position]).toEqual([time, expected]);
    }
  });

  it('waits for a position that is still to come, and gives up in time', async () => {
    const { logId } = (await asOf(0n)).position;
    const request = { tenantId: tenantA, projections: [counters], deadlineMs: 30 };
    const future = { logId, position: (log.events.at(-1)?.position ?? 0n) + 1n };
    await expect(
      readModel.read({ ...request, asOf: future }, () => Promise.resolve(0)),
    ).rejects.toMatchObject({
      name: 'NotYetVisible',
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import {
  type NotYetVisible,
  openProjectionOps,
  openReadModel,
  type ProjectionOps,
  type ReadModel,
} from '../index.js';
import { ask, rowsOfReplay, startEngine, until, untilAt } from '../live/engine.fixtures.js';
import type { RunningProjections } from '../live/run-projections.js';
import { counterLives, counters, tenantA } from '../log/counters.fixtures.js';
import { memoryLog, type MemoryLog } from '../log/memory-log.fixtures.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the next release makes of the same question. */
const countersOfNextRelease = { ...counters, version: 2 as const };

describe('two releases side by side', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let ops: ProjectionOps;
  let readModel: ReadModel;
  let older: RunningProjections;
  let newer: RunningProjections | undefined;
  let stalling = true;
  const next = counterLives(12);
  beforeAll(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    log.add(...next(7_000));
    older = startEngine(postgres.url, log, [counters]);
    await untilAt(older, lastPosition());
    readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    ops = openProjectionOps({ databaseUrl: postgres.url, source: log });
  });
  afterAll(async () => {
    stalling = false;
    await ops.close();
    await readModel.close();
    await newer?.stop();
    await older.stop();
    await postgres.stop();
  });

  const lastPosition = () => log.events.at(-1)?.position ?? -1n;
  /** The log as the newer release reads it: slow, behind six thousand events. */
  const stallable = (): MemoryLog => ({
    ...log,
    readBatches: async function* (options = {}) {
      let read = 0;
      for await (const batch of log.readBatches(options)) {
        read += batch.length;
        if (read > 6_000 && stalling)
          await until(
            () => stalling,
            (stalls) => !stalls,
          );
        yield batch;
      }
    },
  });
  const readOlder = () =>
    readModel.read({ tenantId: tenantA, projections: [counters] }, (db) =>
      db.views(counters).selectFrom('counters_v1').select('id').execute(),
    );
  const readNewer = (deadlineMs: number) =>
    readModel.read({ tenantId: tenantA, projections: [countersOfNextRelease], deadlineMs }, (db) =>
      db.views(countersOfNextRelease).selectFrom('counters_v2').select('id').execute(),
    );
  const refusal = async (): Promise<NotYetVisible> =>
    readNewer(20).then(
      () => Promise.reject(new Error('it was answered')),
      (error: unknown) => error as NotYetVisible,
    );
  const perform = async (version: number) =>
    ops.waitForJob(await ops.ask('drop', ['counters'], 'olga', { version }), AbortSignal.timeout(20_000));

  it('readers of a version that nobody has begun are told so', async () => {
    const { building, progress, message } = await refusal();
    expect(building).toEqual([{ name: 'counters', version: 2 }]);
    expect(progress).toMatchObject([{ projection: 'counters', version: 2, step: 'waiting', events: 0 }]);
    expect(message).toBe('Not readable yet: counters 2 (no projector of this release has begun it).');
  });

  it('are told how far it is while it is built, and the older release serves its own all the while', async () => {
    newer = startEngine(postgres.url, stallable(), [countersOfNextRelease]);
    const { progress, retryAfterSeconds, message } = await until(
      refusal,
      (error) => (error.progress[0]?.events ?? 0) > 0,
    );
    expect(progress).toMatchObject([{ step: 'building' }]);
    expect(progress[0]?.percent).toBeGreaterThan(10);
    expect(progress[0]?.percent).toBeLessThan(90);
    expect(progress[0]?.eventsPerSecond).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(message).toMatch(
      /^Not readable yet: counters 2 \(building, \d+ events, \d+ %, about \d+ s left\)\.$/,
    );
    const before = (await readOlder()).position.position;
    log.add(...next(20));
    await untilAt(older, lastPosition());
    expect((await readOlder()).position.position).toBeGreaterThan(before);

    stalling = false;
    const { value } = await readNewer(20_000);
    expect(value.length).toBe((await readOlder()).value.length);
    const states = (await ops.status()).map(({ version, state }) => `${version} ${state}`);
    expect(states).toEqual(['1 live', '2 live']);
  });

  it('what the older one leaves is dropped when its projector is gone, and not before; its own is never', async () => {
    const own = rowsOfReplay(counters, log.events);
    expect(await perform(1)).toMatchObject({ state: 'refused' });
    expect(await perform(2)).toMatchObject({ state: 'refused' });
    expect(await perform(7)).toMatchObject({
      state: 'refused',
      result: { reason: 'There is no build of version 7 of counters.' },
    });
    await older.stop();
    expect(await perform(1)).toMatchObject({ state: 'done', result: { builds: [{ version: 1 }] } });
    expect((await ops.status()).map(({ version, state }) => `${version} ${state}`)).toEqual(['2 live']);
    const left = await ask(
      postgres.superuserUrl,
      "SELECT viewname FROM pg_views WHERE schemaname IN ('read', 'read_at') AND viewname LIKE 'counters_v1%'",
    );
    expect(left).toEqual([]);
    const { value } = await readNewer(5_000);
    expect(value.length).toBe(own['counters']?.filter((row) => row.includes(tenantA)).length);
  });
});

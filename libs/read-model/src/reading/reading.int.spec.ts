import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { openReadModel, type Position, type ReadModel, type ReadRequest } from '../index.js';
import { ask, startEngine, untilAt } from '../live/engine.fixtures.js';
import { counters, moved, opened, tenantA, tenantB } from '../log/counters.fixtures.js';
import { memoryLog, type MemoryLog } from '../log/memory-log.fixtures.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const otherLogId = '65b90331-bf8a-4c72-8f6d-8b1a554a8338';

describe('reading', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let readModel: ReadModel;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    stops.push(() => readModel.close());
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await postgres.stop();
  });

  const start = () => {
    const engine = startEngine(postgres.url, log, [counters]);
    stops.push(() => engine.stop());
    return engine;
  };
  const totals = (request: Partial<ReadRequest> = {}) =>
    readModel.read({ tenantId: tenantA, projections: [counters], ...request }, async (db) => {
      const found = await db
        .views(counters)
        .selectFrom('counters_v1')
        .select('total')
        .orderBy('id')
        .execute();
      return found.map(({ total }) => total);
    });
  const tokenOf = async (position: bigint): Promise<Position> => {
    const { position: at } = await totals();
    return { logId: at.logId, position };
  };

  it('waits for a projection that has no checkpoint yet, it does not answer for it', async () => {
    await expect(totals({ deadlineMs: 50 })).rejects.toMatchObject({
      name: 'NotYetVisible',
      retryAfterSeconds: 1,
      building: [{ name: 'counters', version: 1 }],
    });
    expect(readModel.isReady([counters])).toBe(false);
    const reading = totals({ deadlineMs: 10_000 });
    log.add(opened(1));
    start();
    expect((await reading).value).toEqual([0]);
    expect(readModel.isReady([counters])).toBe(true);
  });

  it('reads its own write: it waits until the position of the token is there, and says where the answer stands', async () => {
    log.add(opened(1));
    const engine = start();
    const at = await tokenOf(log.events.at(-1)?.position ?? 0n);
    for (let write = 1; write <= 50; write += 1) {
      const position = log.add(moved(1, 1))[0]?.position ?? 0n;
      const answer = await totals({ after: { ...at, position } });
      expect(answer.value).toEqual([write]);
      expect(answer.position.position).toBeGreaterThanOrEqual(position);
    }
    await engine.stop();
  });

  it('gives up at the deadline, and says when to come back', async () => {
    log.add(opened(1));
    await untilAt(start(), log.events.at(-1)?.position ?? 0n);
    const after = await tokenOf((log.events.at(-1)?.position ?? 0n) + 1n);
    await expect(totals({ after, deadlineMs: 30 })).rejects.toMatchObject({
      name: 'NotYetVisible',
      retryAfterSeconds: 1,
      building: [],
    });
  });

  it('refuses the token of another log', async () => {
    log.add(opened(1));
    start();
    await totals();
    await expect(totals({ after: { logId: otherLogId, position: 1n } })).rejects.toMatchObject({
      name: 'OtherLog',
    });
  });

  it('is one snapshot: rows, and the position they say they have, do not move while it reads', async () => {
    log.add(opened(1));
    const engine = start();
    const { logId } = (await totals()).position;
    const answer = await readModel.read({ tenantId: tenantA, projections: [counters] }, async (db) => {
      const look = () => db.views(counters).selectFrom('counters_v1').select(['total', 'revision']).execute();
      const before = await look();
      const position = log.add(moved(1, 7))[0]?.position ?? 0n;
      await untilAt(engine, position);
      expect(await look()).toEqual(before);
      return position;
    });
    expect(answer.position.position).toBeLessThan(answer.value);
    expect((await totals({ after: { logId, position: answer.value } })).value).toEqual([7]);
  });

  it('answers all tenants at once to nobody but the system’s own work', async () => {
    log.add(opened(1), opened(2, tenantB));
    await untilAt(start(), log.events.at(-1)?.position ?? 0n);
    const all = await readModel.readAllTenants({ projections: [counters] }, (db) =>
      db.views(counters).selectFrom('counters_v1').select('tenantId').orderBy('id').execute(),
    );
    expect(all.value).toEqual([{ tenantId: tenantA }, { tenantId: tenantB }]);
  });

  it('comes back by itself after Postgres cut every connection, notifications included', async () => {
    log.add(opened(1));
    start();
    const { logId } = (await totals()).position;
    await ask(
      postgres.superuserUrl,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'stemma-%'",
    );
    const position = log.add(moved(1, 3))[0]?.position ?? 0n;
    expect((await totals({ after: { logId, position }, deadlineMs: 10_000 })).value).toEqual([3]);
  });

  it('says that Postgres is away, which is nobody’s fault who asks', async () => {
    log.add(opened(1));
    const engine = start();
    await totals();
    await engine.stop();
    await postgres.stop();
    await expect(totals()).rejects.toMatchObject({ name: 'ReadModelUnavailable' });
  });
});

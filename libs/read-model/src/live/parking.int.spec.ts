import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { openProjectionOps, openReadModel, type ProjectionOps } from '../index.js';
import { counterId, counters, moved, opened, tenantA, tenantB } from '../log/counters.fixtures.js';
import { memoryLog, type MemoryLog, type NewEvent } from '../log/memory-log.fixtures.js';
import type { Projection } from '../projection/projection.js';
import { ask, rowsIn, rowsOfReplay, startEngine, until, untilAt } from './engine.fixtures.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const streamOf = (n: number, tenant = tenantA) => `counter-${tenant}.${counterId(n)}`;

/** The same fold with a fault in it: it cannot move by 13. */
const faulty: Projection = {
  ...counters,
  apply: (event, rows) => {
    if ('by' in event.data && event.data.by === 13) throw new Error('unlucky');
    counters.apply(event, rows);
  },
};

describe('an event that a projection cannot apply', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let ops: ProjectionOps;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    ops = openProjectionOps({ databaseUrl: postgres.url, source: log });
    stops.push(() => ops.close());
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await postgres.stop();
  });

  const lastPosition = () => log.events.at(-1)?.position ?? -1n;
  const start = async (projection: Projection) => {
    const engine = startEngine(postgres.url, log, [projection]);
    stops.push(() => engine.stop());
    await untilAt(engine, lastPosition());
    return engine;
  };
  const parkedStreams = async () => (await ops.parked()).map(({ stream, events }) => [stream, events]);
  const askedAgain = () => ask(postgres.superuserUrl, 'SELECT retry_asked_at AS asked FROM stemma.parked');
  const rows = () => rowsIn(postgres.superuserUrl, counters);
  const totals = async () =>
    (await ask(postgres.superuserUrl, 'SELECT total FROM counters__1.counters ORDER BY id')).map(
      ({ total }) => total,
    );

  it('parks its stream, loudly, with all that follows in it, while the others go on', async () => {
    const engine = await start(faulty);
    log.add(opened(1), opened(2), moved(1, 5), moved(1, 13), moved(2, 1), moved(1, 1), moved(2, 13));
    await untilAt(engine, lastPosition());
    log.add(moved(1, 2), opened(3));
    await untilAt(engine, lastPosition());
    expect(await parkedStreams()).toEqual([
      [streamOf(1), 3],
      [streamOf(2), 1],
    ]);
    expect((await ops.parked('counters'))[0]).toMatchObject({
      category: 'fold',
      error: 'unlucky',
      eventType: 'CounterMoved',
      revision: '2',
      tenantId: tenantA,
    });
    expect(await totals()).toEqual([5, 1, 0]);
    const errors = engine.lines.filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/counters cannot apply CounterMoved, revision 2 of .*: unlucky.*parked/),
      expect.stringMatching(/counters cannot apply CounterMoved, revision 2 of .*: unlucky.*parked/),
    ]);
  });

  it('is told to who reads that tenant, and to nobody else', async () => {
    const engine = await start(faulty);
    log.add(opened(1), moved(1, 13), opened(2, tenantB));
    await untilAt(engine, lastPosition());
    const readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    stops.push(() => readModel.close());
    const parkedFor = async (tenantId: string) =>
      (await readModel.read({ tenantId, projections: [counters] }, () => Promise.resolve(0))).parked;
    expect(await parkedFor(tenantA)).toEqual([streamOf(1)]);
    expect(await parkedFor(tenantB)).toEqual([]);
  });

  it('waits until a retry applies it, with all that came after it, once the fold is right', async () => {
    const first = await start(faulty);
    log.add(opened(1), moved(1, 13), moved(1, 2), opened(2));
    await untilAt(first, lastPosition());
    expect(await ops.retryParked('counters')).toBe(1);
    log.add(moved(2, 1));
    await untilAt(first, lastPosition());
    expect(await parkedStreams()).toEqual([[streamOf(1), 2]]);
    await first.stop();

    const second = await start(counters);
    expect(await ops.retryParked('counters', streamOf(1))).toBe(1);
    await until(parkedStreams, (parked) => parked.length === 0);
    await second.stop();
    expect(await rows()).toEqual(rowsOfReplay(counters, log.events));
  });

  it('is passed over for good once it is dropped, by a build made from nothing too', async () => {
    const engine = await start(faulty);
    log.add(opened(1), moved(1, 13), moved(1, 2), moved(1, 13), moved(1, 4));
    await untilAt(engine, lastPosition());
    const drop = async () => {
      const eventId = (await ops.parked('counters'))[0]?.eventId ?? '';
      const actor = { kind: 'user', id: 'olga', via: null };
      const ids = { commandId: eventId, correlationId: eventId, causationId: eventId };
      const metadata = { ...ids, bodyHash: '', actor, at: '2026-11-21T08:00:00.000Z', release: 'test' };
      const reason = 'was a test';
      return ops.dropParked({ projection: 'counters', stream: streamOf(1), eventId, reason, metadata });
    };
    expect(await drop()).toMatchObject({ revision: '1' });
    // The rest goes on, up to the next one that cannot be applied.
    const [next] = await until(
      () => ops.parked(),
      ([one]) => one?.revision === '3',
    );
    expect(next).toMatchObject({ events: 2 });
    expect(await totals()).toEqual([2]);
    expect(await drop()).toMatchObject({ revision: '3' });
    await until(parkedStreams, (parked) => parked.length === 0);
    expect(await totals()).toEqual([6]);
    await engine.stop();

    // Everything is derived: a new database honours the decision, which is in the log.
    const empty = await startPostgres();
    try {
      const anew = startEngine(empty.url, log, [faulty]);
      await untilAt(anew, lastPosition());
      await anew.stop();
      expect(await rowsIn(empty.superuserUrl, counters)).toEqual(await rows());
    } finally {
      await empty.stop();
    }
  });

  it('is found among thousands when it is Postgres that refuses its row', async () => {
    const engine = await start(counters);
    await ask(postgres.superuserUrl, 'ALTER TABLE counters__1.counters ADD CHECK (total <> 13)');
    const many: NewEvent[] = Array.from({ length: 300 }, (_, n) => opened(n));
    log.add(...many, moved(7, 13), moved(8, 2));
    await untilAt(engine, lastPosition());
    expect(await ops.parked()).toMatchObject([{ stream: streamOf(7), category: 'database', events: 1 }]);
    const expected = rowsOfReplay(
      counters,
      log.events.filter(({ data }) => !('by' in data && data.by === 13)),
    );
    expect(await rows()).toEqual(expected);

    // A retry asks Postgres again: what it still refuses parks the stream again, and holds up nobody.
    log.add(moved(7, 0));
    await untilAt(engine, lastPosition());
    expect(await ops.retryParked('counters')).toBe(1);
    await until(askedAgain, ([{ asked } = {}]) => asked === null);
    expect(await ops.parked()).toMatchObject([{ stream: streamOf(7), category: 'database', events: 2 }]);
    await ask(postgres.superuserUrl, 'ALTER TABLE counters__1.counters DROP CONSTRAINT counters_total_check');
    expect(await ops.retryParked('counters')).toBe(1);
    await until(parkedStreams, (parked) => parked.length === 0);
    expect(await rows()).toEqual(rowsOfReplay(counters, log.events));
  });

  it('is parked when it names a row by what is no key, and the others of its batch go on', async () => {
    const engine = await start(counters);
    const nonsense = { ...opened(1), data: { id: 'no uuid', name: 'x' } };
    const closing = { ...opened(2), type: 'CounterClosed', data: {} };
    log.add(opened(3), nonsense, opened(1), closing, moved(3, 2));
    await untilAt(engine, lastPosition());
    log.add(closing, moved(3, 3), nonsense);
    await untilAt(engine, lastPosition());
    expect(await ops.parked()).toMatchObject([
      {
        ...{ stream: streamOf(1), events: 3, category: 'row' },
        error: 'counters.id takes uuid, not "no uuid"',
      },
      { stream: streamOf(2), events: 2, category: 'row', error: 'counters.id takes uuid, not undefined' },
    ]);
    expect(await totals()).toEqual([5]);
    expect(await ops.retryParked('counters')).toBe(2);
    await until(askedAgain, (all) => all.length === 2 && all.every(({ asked }) => asked === null));
    expect(await parkedStreams()).toEqual([
      [streamOf(1), 3],
      [streamOf(2), 2],
    ]);
  });

  it('is left out of proofs, listed, and needs --accept-parked to swap', async () => {
    const engine = await start(faulty);
    log.add(opened(1), moved(1, 13), opened(2), moved(2, 3));
    await untilAt(engine, lastPosition());
    const perform = async (acceptParked: boolean) => {
      const id = await ops.ask('rebuild', ['counters'], 'olga', { acceptParked });
      return ops.waitForJob(id, AbortSignal.timeout(30_000));
    };
    const refused = await perform(false);
    expect(refused).toMatchObject({
      state: 'refused',
      result: { builds: [{ equal: true, parked: [streamOf(1)] }] },
    });
    expect(String(refused.result?.['reason'])).toMatch(/1 stream is parked.*--accept-parked/);
    expect(await perform(true)).toMatchObject({ state: 'done' });
  });
});

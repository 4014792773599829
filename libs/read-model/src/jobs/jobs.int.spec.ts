import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import {
  type JobReport,
  openProjectionOps,
  openReadModel,
  type Outcome,
  type ProjectionOps,
  type RowDifference,
} from '../index.js';
import { ask, rowsIn, rowsOfReplay, startEngine, until, untilAt } from '../live/engine.fixtures.js';
import { counterId, counterLives, counters, tenantA, tenantB } from '../log/counters.fixtures.js';
import { memoryLog, type MemoryLog } from '../log/memory-log.fixtures.js';
import { OPS_STREAM } from '../log/ops-log.js';
import { Refusal } from '../projection/refusals.js';
import type { JobKind, JobOptions } from './job.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const ALL_BUT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

/** Of the first projection of a job. */
const differencesIn = ({ result }: JobReport): readonly RowDifference[] =>
  (result?.['builds'] as readonly Outcome[])[0]?.differences ?? [];

describe('what operators have done', () => {
  let postgres: TestPostgres;
  let log: MemoryLog;
  let next: ReturnType<typeof counterLives>;
  let ops: ProjectionOps;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    postgres = await startPostgres();
    log = memoryLog();
    next = counterLives(12);
    log.add(...next(400));
    ops = openProjectionOps({ databaseUrl: postgres.url, source: log });
    stops.push(() => ops.close());
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await postgres.stop();
  });

  const lastPosition = () => log.events.at(-1)?.position ?? -1n;
  /** The log, which stalls in a reading behind so many events while `isStalling`. */
  const stallable = (events: number, isStalling: () => boolean): MemoryLog => ({
    ...log,
    readBatches: async function* (options = {}) {
      let read = 0;
      for await (const batch of log.readBatches(options)) {
        read += batch.length;
        if (read > events && isStalling())
          await until(isStalling, (stalls) => !stalls || options.signal?.aborted === true);
        options.signal?.throwIfAborted();
        yield batch;
      }
    },
  });
  const start = async (source = log) => {
    const engine = startEngine(postgres.url, source, [counters]);
    stops.push(() => engine.stop());
    await untilAt(engine, lastPosition());
    return engine;
  };
  const perform = async (kind: JobKind, options: JobOptions = {}) => {
    const id = await ops.ask(kind, ['counters'], 'olga', options);
    return ops.waitForJob(id, AbortSignal.timeout(30_000));
  };
  const states = async () => (await ops.status()).map(({ build, state }) => `${build} ${state}`);
  const damage = () =>
    ask(postgres.superuserUrl, 'UPDATE counters__1.counters SET total = 4711 WHERE id = $1', [counterId(4)]);
  const rows = (build: number) => rowsIn(postgres.superuserUrl, counters, build);

  it('a rebuild makes the same rows anew, proves it, and swaps while readers read and writers write', async () => {
    const engine = await start();
    const readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    stops.push(() => readModel.close());
    let reading = true;
    const seen: { readonly rows: number; readonly position: bigint }[] = [];
    const readers = (async () => {
      while (reading) {
        const { value, position } = await readModel.read(
          { tenantId: tenantA, projections: [counters] },
          (db) => db.views(counters).selectFrom('counters_v1').selectAll().execute(),
        );
        seen.push({ rows: value.length, position: position.position });
        log.add(...next(1));
      }
    })();
    const report = await perform('rebuild');
    reading = false;
    await readers;
    expect(report).toMatchObject({ state: 'done', askedBy: 'olga' });
    expect(report.result).toMatchObject({
      builds: [{ build: 3, against: 1, equal: true, differences: [], parked: [] }],
    });
    expect(await states()).toEqual(['1 following', '3 live']);
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.filter(({ rows: found }) => found === 0)).toEqual([]);
    expect(
      seen.every(({ position }, index) => index === 0 || position >= (seen[index - 1]?.position ?? 0n)),
    ).toBe(true);
    await untilAt(engine, lastPosition());
    expect(await rows(3)).toEqual(rowsOfReplay(counters, log.events));
    expect(await rows(1)).toEqual(await rows(3));
  });

  it('a rebuild that differs is refused, and names the first rows, column by column', async () => {
    await start();
    await damage();
    const report = await perform('rebuild');
    expect(report.state).toBe('refused');
    expect(String(report.result?.['reason'])).toMatch(
      /counters: not swapped.*"id":"00000000-0000-4000-8000-000000000004".*total is 4711 and should be/,
    );
    expect(await states()).toEqual(['1 live', '3 following']);
    const accepted = await perform('swap', { acceptDifferences: true });
    expect(accepted).toMatchObject({ state: 'done', result: { builds: [{ build: 3, instead: 1 }] } });
    expect(await rows(3)).toEqual(rowsOfReplay(counters, log.events));
  });

  it('a verification finds the row that was changed by hand, and a rebuild that is told so repairs it', async () => {
    await start();
    expect(await perform('verify')).toMatchObject({ state: 'done', result: { equal: true } });
    await damage();
    log.add(...next(50));
    const report = await perform('verify');
    expect(report.result).toMatchObject({ equal: false });
    const place = { table: 'counters', tenantId: tenantA, key: { id: counterId(4) } };
    expect(differencesIn(report)[0]).toMatchObject(place);
    expect(await states()).toEqual(['1 live']);
    const [found] = await ops.status();
    expect(found?.proof).toMatchObject({ kind: 'verify', equal: false });
    expect(found?.proof?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(await perform('rebuild', { acceptDifferences: true })).toMatchObject({ state: 'done' });
    const repaired = (await ops.status()).find(({ state }) => state === 'live');
    expect(repaired?.proof).toMatchObject({ kind: 'rebuild', equal: false, against: 1 });
    expect(await perform('verify')).toMatchObject({ result: { equal: true } });
  });

  it('a row too many, and a row too few, are found as well', async () => {
    await start();
    await ask(postgres.superuserUrl, 'DELETE FROM counters__1.counters WHERE tenant_id = $1', [tenantB]);
    await ask(
      postgres.superuserUrl,
      `INSERT INTO counters__1.steps (tenant_id, id, revision, by, _stream, _since) VALUES ($1, $2, 999, 1, 'x', 1)`,
      [tenantA, counterId(4)],
    );
    const report = await perform('verify');
    const kinds = new Set(differencesIn(report).map(({ table, missing }) => `${table} ${missing}`));
    expect([...kinds].sort()).toEqual(['counters is', 'steps shouldBe']);
  });

  it('what was read before is read again by a rollback, at once and up to date', async () => {
    const engine = await start();
    await perform('rebuild');
    log.add(...next(60));
    expect(await perform('rollback')).toMatchObject({
      state: 'done',
      result: { builds: [{ build: 1, instead: 3 }] },
    });
    expect(await states()).toEqual(['1 live', '3 following']);
    await untilAt(engine, lastPosition());
    expect(await rows(1)).toEqual(rowsOfReplay(counters, log.events));
    expect(await perform('drop')).toMatchObject({ state: 'done', result: { builds: [{ build: 3 }] } });
    expect(await states()).toEqual(['1 live']);
    expect(await perform('rollback')).toMatchObject({ state: 'refused' });
    expect(await perform('drop')).toMatchObject({ state: 'refused' });
    expect(await perform('rebuild', { swap: false })).toMatchObject({ state: 'done' });
    expect(await states()).toEqual(['1 live', '4 following']);
  });

  const endsInLog = () =>
    log.events.filter(({ type }) => type === 'ProjectionJobEnded').map(({ data }) => data);

  it('a rollback is done once although the log is away at its end, and is over when the log says so', async () => {
    await start();
    await perform('rebuild');
    const [engine] = stops.splice(-1);
    await engine?.();
    let isAway = true;
    let answersToLose = 1;
    let failures = 0;
    const source: MemoryLog = {
      ...log,
      append: async (stream, events, expected) => {
        const isEnd = events.some(({ type }) => type === 'ProjectionJobEnded');
        const lost = isEnd && !isAway && answersToLose-- > 0;
        if (!isEnd || !isAway) await log.append(stream, events, expected);
        if (!lost && !(isEnd && isAway)) return;
        failures += 1;
        throw new Error('the event store is away');
      },
    };
    await start(source);
    const id = await ops.ask('rollback', ['counters'], 'olga');
    await until(
      () => failures,
      (count) => count >= 2,
    );
    expect(await states()).toEqual(['1 live', '3 following']);
    expect(await ops.job(id)).toMatchObject({ state: 'done', endedAt: null });
    expect(endsInLog()).toHaveLength(1);
    // What is done is not aborted any more: log and Postgres say the same.
    expect(await ops.abort(['counters'], 'olga')).toBe(0);
    isAway = false;
    const result = { builds: [{ projection: 'counters', build: 1, instead: 3 }] };
    expect(await ops.waitForJob(id, AbortSignal.timeout(30_000))).toMatchObject({ state: 'done', result });
    expect(answersToLose).toBeLessThan(1);
    expect(endsInLog().slice(1)).toMatchObject([{ jobId: id, state: 'done', builds: [{ build: 1 }] }]);
    expect(await states()).toEqual(['1 live', '3 following']);
  });

  it('a job whose process ends between the work and what is kept of it does the same again', async () => {
    let engine = await start();
    /** As the process leaves it that is killed there. */
    const again = async (kind: JobKind, options: JobOptions = {}) => {
      const first = await perform(kind, options);
      await engine.stop();
      await ask(
        postgres.superuserUrl,
        "UPDATE stemma.jobs SET state = 'running', result = NULL, ended_at = NULL WHERE id = $1",
        [first.id],
      );
      engine = await start();
      const second = await ops.waitForJob(first.id, AbortSignal.timeout(30_000));
      expect(second.state).toBe(first.state);
      if (first.state === 'done') expect(second.result).toMatchObject({ builds: first.result?.['builds'] });
      expect(endsInLog().filter((end) => 'jobId' in end && end.jobId === first.id)).toHaveLength(1);
      return states();
    };
    await perform('rebuild', { swap: false });
    await perform('rebuild', { swap: false });
    expect(await again('swap')).toEqual(['1 following', '3 following', '4 live']);
    expect(await again('rollback')).toEqual(['1 live', '3 following', '4 following']);
    expect(await again('drop')).toEqual(['1 live']);
    await damage();
    expect(await again('rebuild', { swap: false })).toEqual(['1 live', '5 following']);
    expect((await ops.jobs(1))[0]).toMatchObject({
      state: 'refused',
      result: { reason: expect.stringMatching(/build 5 was not proven/) },
    });
  });

  it('H10 a reason of megabytes is cut to what an event has room for', async () => {
    let isRefusing = false;
    await start({
      ...log,
      readBatches: (options) => {
        if (isRefusing) throw new Refusal('x'.repeat(2_000_000));
        return log.readBatches(options);
      },
    });
    isRefusing = true;
    expect(await perform('verify')).toMatchObject({ state: 'refused' });
    const reason = /^x{10000}… \(and 1990000 more characters\)$/;
    expect(endsInLog()).toMatchObject([{ state: 'refused', reason: expect.stringMatching(reason) }]);
  });

  it('what was proven and done is in the log, and listed again when Postgres was lost', async () => {
    const engine = await start();
    expect(await perform('rebuild')).toMatchObject({ state: 'done' });
    expect(await perform('rollback')).toMatchObject({ state: 'done' });
    const acts = await ops.acts(10);
    expect(acts.map(({ type, by }) => `${type} ${by}`)).toEqual([
      'ProjectionJobEnded projector',
      'ProjectionJobEnded projector',
      'BuildCertified projector',
      'BuildCertified projector',
    ]);
    expect(acts[0]?.data).toMatchObject({
      kind: 'rollback',
      askedBy: 'olga',
      state: 'done',
      builds: [{ build: 1 }],
    });
    const listed = await ops.certificates();
    const certified = acts.filter(({ type }) => type === 'BuildCertified').map(({ data }) => data);
    expect(listed.map(({ id: _id, ...certificate }) => certificate)).toEqual(certified);
    await engine.stop();
    await ask(postgres.superuserUrl, 'DROP SCHEMA stemma, read, read_at, counters__1, counters__3 CASCADE');
    await start();
    const [newest, ...older] = await until(
      () => ops.certificates(),
      ({ length }) => length > listed.length,
    );
    expect(older.map(({ id: _id, ...certificate }) => certificate)).toEqual(certified);
    expect(newest).toMatchObject({ kind: 'first-build', build: 1 });
    // Not that of the build 1 that was lost.
    expect((await ops.status())[0]?.proof).toMatchObject({ at: newest?.endedAt, position: newest?.position });
  });

  it('projections are kept while the log does not tell what was proven', async () => {
    const told = Promise.withResolvers<void>();
    const readStream: MemoryLog['readStream'] = async function* (stream, options) {
      if (stream === OPS_STREAM) await told.promise;
      yield* log.readStream(stream, options);
    };
    try {
      await start({ ...log, readStream });
      expect(await states()).toEqual(['1 live']);
    } finally {
      told.resolve();
    }
  });

  it('the newest proof is shown however far the clock of the projector is behind that of Postgres', async () => {
    await start();
    jest.useFakeTimers({ now: Date.now() - 3_600_000, doNotFake: [...ALL_BUT_DATE] });
    try {
      expect(await perform('verify')).toMatchObject({ state: 'done' });
    } finally {
      jest.useRealTimers();
    }
    expect((await ops.status())[0]?.proof).toMatchObject({ kind: 'verify', equal: true });
    const [{ startedAt = '', endedAt = '' } = {}] = await ops.certificates();
    expect(startedAt <= endedAt).toBe(true);
  });

  it('every build is made anew when an operator starts over as the page says; the directory stays', async () => {
    const page = readFileSync(new URL('../../../../docs/operating-projections.md', import.meta.url), 'utf8');
    const [, statements = ''] = /```sql\n(.*?)```/s.exec(page) ?? [];
    const engine = await start();
    await perform('rebuild');
    await engine.stop();
    await ask(
      postgres.superuserUrl,
      "INSERT INTO stemma.directory VALUES (gen_random_uuid(), 'olga', 'Olga', NULL)",
    );
    await ask(postgres.superuserUrl, statements);
    expect(await states()).toEqual([]);
    await start();
    expect(await states()).toEqual(['1 live']);
    expect(await rows(1)).toEqual(rowsOfReplay(counters, log.events));
    const certificates = await until(
      () => ops.certificates(),
      ({ length }) => length > 2,
    );
    expect(certificates.map(({ kind }) => kind)).toEqual(['first-build', 'rebuild', 'first-build']);
    expect(await ask(postgres.superuserUrl, 'SELECT subject FROM stemma.directory')).toEqual([
      { subject: 'olga' },
    ]);
  });

  it('a job that was left half done is taken up again where it was', async () => {
    log.add(...next(7_000));
    let stalling = false;
    const first = await start(stallable(6_000, () => stalling));
    stalling = true;
    const id = await ops.ask('rebuild', ['counters'], 'olga');
    const look = async () => (await ops.status()).find(({ build }) => build === 3)?.events ?? 0;
    await until(look, (events) => events > 0);
    await first.stop();
    const left = await look();
    expect(left).toBeLessThan(6_001);
    stalling = false;
    const second = await start();
    expect(await ops.waitForJob(id, AbortSignal.timeout(60_000))).toMatchObject({
      state: 'done',
      // With two certificates: of the first build, and its own.
      result: { events: 7_403 - left },
    });
    expect(await states()).toEqual(['1 following', '3 live']);
    await untilAt(second, lastPosition());
    expect(await rows(3)).toEqual(rowsOfReplay(counters, log.events));
  });

  it('a job that is aborted leaves nothing behind', async () => {
    log.add(...next(7_000));
    let stalling = false;
    await start(stallable(6_000, () => stalling));
    stalling = true;
    const id = await ops.ask('rebuild', ['counters'], 'olga');
    await until(states, (all) => all.includes('3 building'));
    expect(await ops.abort(['counters'], 'olga')).toBe(1);
    expect(await ops.job(id)).toMatchObject({ state: 'aborted' });
    expect(await until(states, (all) => all.length === 1)).toEqual(['1 live']);
    stalling = false;
  });

  it('a paused projection stands still, and goes on when it is resumed', async () => {
    const engine = await start();
    await ops.pause('counters', 'olga');
    await until(engine.status, ([one]) => one?.activity === 'paused');
    log.add(...next(20));
    const [report] = await ops.status();
    expect(report).toMatchObject({ pausedBy: 'olga', hasWriter: false, lag: { events: 20 } });
    await ops.resume('counters');
    await untilAt(engine, lastPosition());
    expect((await ops.status())[0]).toMatchObject({
      pausedBy: null,
      hasWriter: true,
      lag: { events: 0, seconds: 0 },
    });
  });
});

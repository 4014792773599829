import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBuild, dropBuild } from '../database/builds.js';
import { inTransaction, withClient } from '../database/connect.js';
import { migrate } from '../database/migrate.js';
import { counterId, counters, moved, opened } from '../log/counters.fixtures.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { fillBuilds } from './fill-builds.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MB = 1024 * 1024;
const BATCH = 200;
const EVENTS = 10_000;
/** Signs of a name: rows are large, so that few of them are much. */
const LONG = 4_000;
const VERY_LONG = 20_000;

/** A log of ever new counters with such a name, opened and moved once, that is made as it is read. */
function endless(
  events: number,
  signs: number,
  onEvent: (event: RecordedEvent) => void = () => undefined,
): EventSource {
  const log = memoryLog();
  const eventAt = (place: number): RecordedEvent => {
    const n = place >>> 1;
    const name = String(n).padEnd(signs, '.');
    const told = place % 2 === 0 ? { ...opened(n), data: { id: counterId(n), name } } : moved(n, 1);
    const { metadata = {}, ...event } = told;
    const [revision, position] = [BigInt(place % 2), BigInt(place + 1) * 100n];
    const bytes = JSON.stringify(event.data).length;
    return { ...event, metadata, id: randomUUID(), revision, position, createdAt: new Date(0), bytes };
  };
  return {
    ...log,
    async *readBatches() {
      for (let from = 0; from < events; from += BATCH) {
        const batch = Array.from({ length: BATCH }, (_, at) => eventAt(from + at));
        batch.forEach(onEvent);
        await Promise.resolve();
        yield batch;
      }
    },
  };
}

describe('what a build needs of memory while it is filled', () => {
  let postgres: TestPostgres;
  let sizes: number[];
  beforeAll(async () => {
    postgres = await startPostgres();
    await withClient(postgres.url, 'spec', migrate);
  });
  afterAll(() => postgres.stop());

  /** Fills a build, and gives what was in use at every fifth of the way, bytes; notes how many events each page had. */
  async function fill(source: EventSource, events: number): Promise<readonly number[]> {
    const used: number[] = [];
    sizes = [];
    let done = 0;
    const onPage = (_: bigint, page: number) => {
      sizes.push(page);
      done += page;
      if (done < ((used.length + 1) * events) / 5) return;
      collectGarbage();
      used.push(process.memoryUsage().heapUsed);
    };
    await withClient(postgres.url, 'spec', async (client) => {
      const logId = randomUUID();
      const build = await inTransaction(client, 'stemma_owner', () =>
        createBuild(client, counters, logId, { state: 'building', job: null }),
      );
      const drops = { isDropped: () => false, refresh: () => Promise.resolve() };
      const { signal } = new AbortController();
      const filling = { projection: counters, build, client, stopAt: null };
      await fillBuilds([filling], { source, logId, drops, signal, onPage });
      await dropBuild(client, build);
    });
    return used;
  }

  /** From when everything that is bounded has reached its bound. */
  const growth = ([, early = 0, ...later]: readonly number[]): number => Math.max(...later) - early;

  it('is the same however many events there are', async () => {
    expect(growth(await fill(endless(EVENTS, LONG), EVENTS))).toBeLessThan(4 * MB);
  }, 120_000);

  it('is seen to grow when something keeps what it read: the check is not blind', async () => {
    const kept: RecordedEvent[] = [];
    const leaking = endless(EVENTS, LONG, (event) => kept.push(event));
    expect(growth(await fill(leaking, EVENTS))).toBeGreaterThan(8 * MB);
    expect(kept).toHaveLength(EVENTS);
  }, 120_000);

  it('is bounded by what events take, not by how many they are', async () => {
    await fill(endless(1_000, VERY_LONG), 1_000);
    expect((Math.max(...sizes) / 2) * VERY_LONG).toBeLessThan(5 * MB);
    expect(sizes.length).toBeGreaterThan(2);
  }, 60_000);
});

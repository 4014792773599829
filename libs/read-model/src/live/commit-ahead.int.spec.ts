import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import type pg from 'pg';
import { type Build, createBuild } from '../database/builds.js';
import { readCheckpoint } from '../database/checkpoint.js';
import { inTransaction, withClient } from '../database/connect.js';
import { migrate } from '../database/migrate.js';
import { buildSchema, ident } from '../database/names.js';
import { readParkedStreams } from '../database/parked.js';
import { counterLives, counters, moved, opened } from '../log/counters.fixtures.js';
import { readDrops } from '../log/drops.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { cachedRows } from '../rows/row-store.js';
import { openWriter, type Writer } from './writer.js';

const logId = '11111111-0000-4000-8000-000000000000';
const pages = 25;
const tables = ['counters', 'counters__past', 'steps', 'steps__past'];

describe('pages that are folded while the one before is written', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
    await withClient(postgres.url, 'spec', migrate);
  });
  afterAll(() => postgres.stop());

  const log = memoryLog();
  const lives = counterLives(30, 7)(1_000);
  // The first page is refused; what the second one makes of its rows would not be.
  const first = [opened(40), moved(40, 200), ...lives.slice(0, pages - 2)];
  const events = log.add(...first, moved(40, -100), ...lives.slice(pages - 2));

  /** Postgres refuses some rows: their streams are parked, in the midst of a page. */
  const emptyBuild = (client: pg.Client): Promise<Build> =>
    inTransaction(client, 'stemma_owner', async () => {
      const build = await createBuild(client, counters, logId, { state: 'trial', job: null });
      const target = `${ident(buildSchema(build))}.counters`;
      await client.query(`ALTER TABLE ${target} ADD CHECK (total < 150)`);
      return build;
    });

  const contents = (client: pg.Client, build: Build) =>
    inTransaction(client, 'stemma_writer', async () => {
      const found: Record<string, unknown> = {};
      for (const name of tables) {
        const { rows } = await client.query(
          `SELECT t.* FROM ${ident(buildSchema(build))}.${ident(name)} t ORDER BY t::text`,
        );
        found[name] = rows;
      }
      const { considered, events } = await readCheckpoint(client, build);
      return { found, considered, events, parked: [...(await readParkedStreams(client, build))].sort() };
    });

  const fill = (bytes: number, work: (writer: Writer) => Promise<void>) =>
    withClient(postgres.url, 'spec', async (client) => {
      const build = await emptyBuild(client);
      const rows = cachedRows(client, build, counters, { bytes, isEmpty: () => true });
      const drops = await readDrops(log);
      await work(await openWriter({ sql: client, build, projection: counters, drops, rows }));
      return contents(client, build);
    });

  const oneByOne = async (writer: Writer) => {
    for (let from = 0; from < events.length; from += pages)
      await writer.commit(events.slice(from, from + pages));
  };
  const ahead = async (writer: Writer) => {
    const filling = writer.ahead();
    for (let from = 0; from < events.length; from += pages)
      await filling.commit(events.slice(from, from + pages));
    await filling.finish();
  };

  it('come out as one by one, whether all rows stay in memory or must be loaded, and when Postgres refuses some', async () => {
    const whole = await fill(10_000_000, oneByOne);
    expect(whole.parked.length).toBeGreaterThan(2);
    expect(whole.parked.length).toBeLessThan(30);
    expect(whole.considered?.position).toBe(events.at(-1)?.position);
    expect(await fill(10_000_000, ahead)).toEqual(whole);
    expect(await fill(9_000, ahead)).toEqual(whole);
  });

  it('are not written when one before them met an event that is not known', async () => {
    const unknown = memoryLog();
    const known = counterLives(5, 3)(60);
    const [before, after] = [known.slice(0, 40), known.slice(40)];
    const stranger = { ...before[0], type: 'CounterPainted' } as (typeof known)[number];
    const all = unknown.add(...before, stranger, ...after);
    const { considered, events: count } = await fill(10_000_000, async (writer) => {
      const filling = writer.ahead();
      const filled = (async () => {
        for (let from = 0; from < all.length; from += 10) await filling.commit(all.slice(from, from + 10));
        await filling.finish();
      })();
      await expect(filled).rejects.toThrow('CounterPainted');
    });
    expect(considered?.position).toBe(all[39]?.position);
    expect(count).toBe(40n);
  });
});

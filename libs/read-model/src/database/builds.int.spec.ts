import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { until } from '../live/engine.fixtures.js';
import { counters } from '../log/counters.fixtures.js';
import { indexing } from '../rebuild/indexing.js';
import { type Build, createBuild, dropBuild, indexBuild, startFollowing } from './builds.js';
import { inTransaction, type Sql, withClient } from './connect.js';
import { migrate } from './migrate.js';
import { buildSchema } from './names.js';

const logId = randomUUID();

describe('a build that is filled', () => {
  let postgres: TestPostgres;
  const asked = <T>(work: (sql: Sql) => Promise<T>): Promise<T> => withClient(postgres.url, 'spec', work);
  beforeAll(async () => {
    postgres = await startPostgres();
    await asked(migrate);
  });
  afterAll(() => postgres.stop());

  const filled = (): Promise<Build> =>
    asked((sql) =>
      inTransaction(sql, 'stemma_owner', () =>
        createBuild(sql, counters, logId, { state: 'building', job: null }),
      ),
    );
  const index = (build: Build) => asked((sql) => indexBuild(sql, build, counters));
  const follow = (build: Build) => asked((sql) => startFollowing(sql, build, counters, true));
  /** Its indexes, keys and columns, without its number. */
  const catalogueOf = async (build: Build): Promise<readonly string[]> => {
    const { rows } = await asked((sql) =>
      sql.query(
        `SELECT indexdef AS what FROM pg_indexes WHERE schemaname = $1
         UNION ALL SELECT concat_ws(' ', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) FROM pg_constraint c
           WHERE c.connamespace = $1::regnamespace
         UNION ALL SELECT concat_ws(' ', table_name, column_name, is_nullable) FROM information_schema.columns
           WHERE table_schema = $1 ORDER BY 1`,
        [buildSchema(build)],
      ),
    );
    return rows.map(({ what }) => String(what).replaceAll(buildSchema(build), 'build'));
  };

  it('has the same indexes and keys, made ahead of its end or at it', async () => {
    const [ahead, atEnd] = [await filled(), await filled()];
    const bare = await catalogueOf(ahead);
    await index(ahead);
    expect(await catalogueOf(ahead)).not.toEqual(bare);
    await follow(ahead);
    await follow(atEnd);
    expect(await catalogueOf(ahead)).toEqual(await catalogueOf(atEnd));
    expect((await catalogueOf(atEnd)).join('\n')).toContain('counters__past_pkey PRIMARY KEY (id, _since)');
  });

  it('is no longer indexed when whoever wanted that was aborted: nobody waits for it who drops the build', async () => {
    const build = await filled();
    const aborted = new AbortController();
    const indexers = () =>
      asked(async (sql) => {
        const seen = await sql.query(
          "SELECT wait_event_type AS waits FROM pg_stat_activity WHERE application_name = 'stemma-projector index'",
        );
        return seen.rows.map(({ waits }) => waits as unknown);
      });
    await asked((sql) =>
      inTransaction(sql, 'stemma_owner', async () => {
        // Holds the indexing where a big table would.
        await sql.query(`LOCK TABLE ${buildSchema(build)}.counters IN ROW EXCLUSIVE MODE`);
        const indexed = indexing(postgres.url, aborted.signal)({ build, projection: counters });
        const ended = expect(indexed).rejects.toThrow(/terminat/i);
        await until(indexers, ([waits]) => waits === 'Lock');
        aborted.abort();
        await ended;
        expect(await until(indexers, (all) => all.length === 0)).toEqual([]);
      }),
    );
    await asked((sql) => dropBuild(sql, build));
  });

  it('gets no index twice from those who do not know of each other, or come late', async () => {
    const [once, often] = [await filled(), await filled()];
    await Promise.all([index(often), index(often), follow(often)]);
    await index(often);
    await follow(once);
    expect(await catalogueOf(often)).toEqual(await catalogueOf(once));
  });
});

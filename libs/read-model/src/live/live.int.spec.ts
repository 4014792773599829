import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@stemma/testing';
import { counters, moved, opened, tenantA, tenantB } from '../log/counters.fixtures.js';
import { memoryLog } from '../log/memory-log.fixtures.js';
import { openReadModel, runProjections } from '../index.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a projection that follows the log', () => {
  let postgres: TestPostgres;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    postgres = await startPostgres();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    await postgres.stop();
  });

  it('shows a tenant its own rows, at the position of the token that was asked for', async () => {
    const log = memoryLog();
    const running = runProjections({
      databaseUrl: postgres.url,
      projections: [counters],
      source: log,
      release: 'test',
      log: quiet,
    });
    stops.push(() => running.stop());
    const readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    stops.push(() => readModel.close());

    log.add(opened(1), opened(2, tenantB), moved(1, 5), moved(1, 2));
    const [last] = log.add(moved(2, 3, tenantB));
    const first = await readModel.read({ tenantId: tenantA, projections: [counters] }, (db) =>
      db.views(counters).selectFrom('counters_v1').selectAll().execute(),
    );
    const { logId } = first.position;
    const answer = await readModel.read(
      { tenantId: tenantB, projections: [counters], after: { logId, position: last?.position ?? 0n } },
      (db) => db.views(counters).selectFrom('counters_v1').selectAll().execute(),
    );
    expect(answer.position).toEqual({ logId, position: last?.position });
    expect(answer.value).toMatchObject([
      { tenantId: tenantB, name: 'counter 2', total: 3, moves: [3], revision: 1n },
    ]);
  });
});

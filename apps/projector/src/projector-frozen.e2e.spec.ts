import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import { ensureLog, openReadModel, type ReadModel, type RecordedEvent } from '@stemma/read-model';
import { startLog, startPostgres, type TestLog, type TestPostgres } from '@stemma/testing';
import { differences, type ProjectorProcess, startProjector } from './projector-process.fixtures.js';
import { scriptLives } from './script-lives.fixtures.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a projector that is frozen', () => {
  let log: TestLog;
  let postgres: TestPostgres;
  let store: EventStore;
  let readModel: ReadModel;
  const running: ProjectorProcess[] = [];
  beforeEach(async () => {
    [log, postgres] = await Promise.all([startLog(), startPostgres()]);
    store = connectEventStore({ url: log.url });
    readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
  });
  afterEach(async () => {
    for (const projector of running.splice(0)) await projector.end('SIGKILL');
    await readModel.close();
    await store.close();
    await log.remove();
    await postgres.stop();
  });

  it('P3 loses its lock to another one, and writes nothing when it wakes up', async () => {
    const logId = await ensureLog(store, 'test');
    const lives = scriptLives(20);
    const tell = async (appends: number) => {
      let position = 0n;
      for (let told = 0; told < appends; told += 1) {
        const next = lives.next();
        if (!next.done) ({ position } = await store.append(next.value.stream, next.value.events, 'any'));
      }
      await readModel.waitFor(projections, { logId, position }, 60_000);
    };
    const first = await startProjector(log.url, postgres.url);
    running.push(first);
    await tell(60);
    first.child.kill('SIGSTOP');
    running.push(await startProjector(log.url, postgres.url));
    await tell(60);
    first.child.kill('SIGCONT');
    await tell(60);
    const events: RecordedEvent[] = [];
    for await (const event of store.readAll()) events.push(event);
    expect(await differences(postgres.superuserUrl, projections, events)).toEqual([]);
  }, 120_000);
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import {
  ensureLog,
  openReadModel,
  type Position,
  type ReadModel,
  type RecordedEvent,
} from '@stemma/read-model';
import { startLog, startPostgres, type TestLog, type TestPostgres } from '@stemma/testing';
import { ask, differences, type ProjectorProcess, startProjector } from './projector-process.fixtures.js';
import { type Append, scriptLives } from './script-lives.fixtures.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a projector that is killed', () => {
  let log: TestLog;
  let postgres: TestPostgres;
  let store: EventStore;
  let readModel: ReadModel;
  let logId: string;
  let lives: Generator<Append>;
  const running = new Set<ProjectorProcess>();

  beforeEach(async () => {
    [log, postgres] = await Promise.all([startLog(), startPostgres()]);
    store = connectEventStore({ url: log.url });
    logId = await ensureLog(store, 'test');
    readModel = await openReadModel({ databaseUrl: postgres.url, log: quiet });
    lives = scriptLives(40);
  });
  afterEach(async () => {
    for (const projector of running) await end(projector, 'SIGKILL');
    await readModel.close();
    await store.close();
    await log.remove();
    await postgres.stop();
  });

  const start = async () => {
    const projector = await startProjector(log.url, postgres.url);
    running.add(projector);
    return projector;
  };
  const end = async (projector: ProjectorProcess, signal: NodeJS.Signals, afterMs?: number) => {
    running.delete(projector);
    await projector.end(signal, afterMs);
  };
  /** Appends at least so many events, and gives back the position of the last one. */
  const tell = async (events: number): Promise<Position> => {
    let position = 0n;
    for (let told = 0; told < events;) {
      const next = lives.next();
      if (next.done) break;
      const { stream, events: batch } = next.value;
      ({ position } = await store.append(stream, batch, 'any'));
      told += batch.length;
    }
    return { logId, position };
  };
  const caughtUp = (at: Position) => readModel.waitFor(projections, at, 60_000);
  const everything = async (): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of store.readAll()) events.push(event);
    return events;
  };
  const wrongRows = async () => differences(postgres.superuserUrl, projections, await everything());
  const moveCheckpoint = ({ position, id }: RecordedEvent) =>
    ask(
      postgres.superuserUrl,
      "UPDATE stemma.checkpoints SET position = $1, event_id = $2 WHERE projection = 'versions'",
      [String(position), id],
    );

  it('at 20 random moments, while 5 000 events come in, leaves the rows of a clean replay', async () => {
    let telling = true;
    const told = tell(5_000).finally(() => (telling = false));
    let kills = 0;
    while (kills < 20) {
      const projector = await start();
      await end(projector, 'SIGKILL', Math.random() * 250);
      kills += 1;
      // The last kills need something to interrupt too.
      if (!telling) await tell(150);
    }
    await start();
    await told;
    await caughtUp(await tell(1));
    expect((await everything()).length).toBeGreaterThan(5_000);
    expect(await wrongRows()).toEqual([]);
  }, 180_000);

  const faults: readonly [
    string,
    (before: readonly RecordedEvent[], after: readonly RecordedEvent[]) => RecordedEvent | undefined,
  ][] = [
    ['skipped an event', (_, after) => after.find(({ type }) => type === 'DraftCreated')],
    ['saved its checkpoint early', (_, after) => after.at(-10)],
    [
      'applied an event twice',
      (before) => before[before.findLastIndex(({ type }) => type === 'SubmittedForReview') - 1],
    ],
  ];

  it.each(faults)(
    'is found out when it %s: the checker of these tests is not blind',
    async (_, place) => {
      const first = await start();
      await caughtUp(await tell(300));
      await end(first, 'SIGTERM');
      expect(await wrongRows()).toEqual([]);

      const before = await everything();
      await tell(60);
      const after = (await everything()).slice(before.length);
      const event = place(before, after);
      if (!event) throw new Error('there is no such event to plant the fault with');
      await moveCheckpoint(event);
      const second = await start();
      await caughtUp(await tell(1));
      await end(second, 'SIGTERM');
      expect((await wrongRows()).length).toBeGreaterThan(0);
    },
    60_000,
  );
});

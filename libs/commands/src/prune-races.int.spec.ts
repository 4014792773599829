import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { hashJson, id, judgeScriptHistory, scriptDecider, scriptIdOf, streamName } from '@stemma/domain';
import {
  connectEventStore,
  type EventStore,
  openAggregate,
  type RecordedEvent,
  RevisionConflict,
} from '@stemma/event-store';
import { eventually, startLog, type TestLog } from '@stemma/testing';
import { authorIn, stoppedClock, texts } from './author.fixtures.js';
import {
  type Blobs,
  type CommandAnswer,
  CommandsModule,
  isRejection,
  readContent,
  sweepContent,
} from './index.js';

const tenantId = id('tenant', 'pruning');
const author = authorIn(tenantId);
const { nameOf, prune, runOf, save } = author;
const clock = stoppedClock(Date.parse('2026-11-21T08:00:00.000Z'));

const kept: Blobs = {
  put: (_tenant, bytes) => Promise.resolve({ sha256: hashJson([...bytes]), size: bytes.length }),
  stat: () => Promise.resolve(undefined),
};
const limit = { timeoutMs: 1_000, memoryMb: 64, milliCpus: 1_000, tmpfsMb: 16 };
const runs = { blobs: kept, limits: { sandbox: limit, production: limit } };

let log: TestLog;
let store: EventStore;
/** Two processes: neither knows what the other has cached. */
let modules: readonly TestingModule[];
let send: (process: number, command: object) => Promise<CommandAnswer | string>;
beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  const start = () =>
    Test.createTestingModule({
      imports: [CommandsModule.register({ store, release: 'spec', clock: clock.now, runs })],
    }).compile();
  modules = await Promise.all([start(), start()]);
  await Promise.all(modules.map((module) => module.init()));
  const buses = modules.map((module) => module.get(CommandBus));
  send = async (process, command) => {
    try {
      return (await buses[process % 2]?.execute(command)) as CommandAnswer;
    } catch (error) {
      if (isRejection(error)) return error.code;
      if (error instanceof RevisionConflict) return LOST;
      throw error;
    }
  };
});
afterAll(async () => {
  await Promise.all(modules.map((module) => module.close()));
  await store.close();
  await log.remove();
});

/** Told to whoever lost the race for a script as often as he may. */
const LOST = 'changed-meanwhile';

const sweep = (slug: string, text: string) =>
  sweepContent(
    { store, scripts: openAggregate({ store, decider: scriptDecider }), clock: clock.now },
    nameOf(slug, text),
  );

const drafts = (name: string, count: number) =>
  author.drafts((command) => send(0, command), name, texts(count));

async function historyOf(slug: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(streamName('script', tenantId, scriptIdOf(tenantId, slug))))
    events.push(event);
  return events;
}

const prunedIn = (history: readonly RecordedEvent[]): readonly number[] =>
  history.flatMap(({ type, data }) =>
    type === 'VersionsPruned'
      ? (data as { versions: { number: number }[] }).versions.map(({ number }) => number)
      : [],
  );

describe('R-C6 pruning, raced', () => {
  it('two pruners, of two processes and two policies: each version is given up once, and nobody is refused', async () => {
    const slug = await drafts('pruners', 12);
    const tries = Array.from({ length: 24 }, (_, index) => send(index, prune(slug, 2 + (index % 4))));
    expect((await Promise.all(tries)).filter((answer) => typeof answer === 'string')).toEqual([]);
    const history = await historyOf(slug);
    expect([...prunedIn(history)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(judgeScriptHistory(history)).toEqual([]);
  });

  it('prune against save: every save that was told is a version with its bytes, unless it was given up as an old one', async () => {
    const slug = await drafts('saved', 1);
    const isPruned = async (number: number) => prunedIn(await historyOf(slug)).includes(number);
    const saving = async (): Promise<void> => {
      for (let base = 1; base < 15; base += 1) {
        // Every third content comes back, when its earlier version is pruned and its bytes may be swept at any moment.
        const back = base % 3 === 0 ? base - 1 : undefined;
        if (back !== undefined) await eventually(() => isPruned(back), Boolean);
        const answer = await send(0, save(slug, base, `text ${back ?? base + 1}`));
        expect(answer).toMatchObject({ body: { number: base + 1 } });
        clock.pass(61);
      }
    };
    let saved = false;
    const pruning = async (): Promise<void> => {
      while (!saved) {
        // Save upon save, a pruner may lose more races than it has tries; then it is told so, and asks again.
        const answer = await send(1, prune(slug));
        if (typeof answer === 'string') expect(answer).toBe(LOST);
        for (const text of texts(15)) await sweep(slug, text);
      }
    };
    await Promise.all([saving().finally(() => (saved = true)), pruning()]);
    const history = await historyOf(slug);
    expect(judgeScriptHistory(history)).toEqual([]);
    const given = new Set(prunedIn(history));
    expect([given.size > 5, given.has(15)]).toEqual([true, false]);
    for (const { type, data } of history.filter((event) => event.type === 'DraftCreated')) {
      const { number, contentHash } = data as { number: number; contentHash: string };
      if (given.has(number)) continue;
      const bytes = await readContent(store, { ...nameOf(slug, ''), contentHash });
      expect({ type, number, bytes: bytes !== null }).toEqual({ type, number, bytes: true });
    }
  });

  it('prune against run: a run is accepted with its content, or told that it was pruned', async () => {
    const slug = await drafts('run', 9);
    const asks = Array.from({ length: 30 }, (_, index) => send(0, runOf(slug, 1 + (index % 8))));
    const answers = await Promise.all([...asks, send(1, prune(slug, 1))]);
    const codes = new Set(answers.filter((answer) => typeof answer === 'string'));
    expect([...codes].filter((code) => code !== 'content-pruned')).toEqual([]);
    const [first = '', last = ''] = ['text 1', 'text 9'];
    expect(await send(0, runOf(slug, 1))).toBe('content-pruned');
    clock.pass(61);
    expect([await sweep(slug, first), await sweep(slug, last)]).toEqual(['deleted', 'named']);
    expect(await send(0, runOf(slug, 1))).toBe('content-pruned');
    expect(await send(1, runOf(slug, 9))).toMatchObject({ body: { number: 9 } });
  });
});

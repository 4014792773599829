import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { hashJson, id, judgeScriptHistory, scriptDecider, scriptIdOf, streamName } from '@stemma/domain';
import { connectEventStore, type EventStore, openAggregate, type RecordedEvent } from '@stemma/event-store';
import { startLog, type TestLog } from '@stemma/testing';
import {
  type Blobs,
  type CommandAnswer,
  type CommandContext,
  CommandsModule,
  CreateScript,
  isRejection,
  PruneVersions,
  readContent,
  RequestRun,
  runIdOf,
  SaveDraft,
  sweepContent,
} from './index.js';

const tenantId = id('tenant', 'pruning');
const START = Date.parse('2026-11-21T08:00:00.000Z');
let minutes = 0;
const clock = () => new Date(START + minutes * 60_000);

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
      imports: [CommandsModule.register({ store, release: 'spec', clock, runs })],
    }).compile();
  modules = await Promise.all([start(), start()]);
  await Promise.all(modules.map((module) => module.init()));
  const buses = modules.map((module) => module.get(CommandBus));
  send = async (process, command) => {
    try {
      return (await buses[process % 2]?.execute(command)) as CommandAnswer;
    } catch (error) {
      if (isRejection(error)) return error.code;
      throw error;
    }
  };
});
afterAll(async () => {
  await Promise.all(modules.map((module) => module.close()));
  await store.close();
  await log.remove();
});

let commands = 0;
const context = (): CommandContext => ({
  tenantId,
  actor: { kind: 'user', id: 'ann', via: null },
  commandId: id('command', 'races', (commands += 1)),
  bodyHash: 'b',
  correlationId: 'c',
  causationId: 'c',
  ifMatch: null,
});
const contentOf = (text: string) => ({ runtime: 'node' as const, entrypoint: 'run', source: text });
const nameOf = (slug: string, text: string) => ({
  tenantId,
  scriptId: scriptIdOf(tenantId, slug),
  contentHash: hashJson(contentOf(text)),
});
const save = (slug: string, baseNumber: number, text: string) =>
  new SaveDraft({
    slug,
    body: { baseNumber, content: contentOf(text), changeSummary: null },
    context: context(),
  });
const prune = (slug: string, maxVersions: number) => {
  const body = { maxVersions, retentionDays: null, dryRun: false };
  return new PruneVersions({ slug, body, context: context() });
};
const runOf = (slug: string, version: number) => {
  const asked = context();
  const body = {
    context: 'sandbox' as const,
    version,
    input: {},
    files: [],
    subject: null,
    connector: null,
    timeoutMs: null,
  };
  return new RequestRun({ runId: runIdOf(asked.commandId), slug, body, context: asked });
};
const sweep = (slug: string, text: string) =>
  sweepContent(
    { store, scripts: openAggregate({ store, decider: scriptDecider }), clock },
    nameOf(slug, text),
  );

async function drafts(slug: string, count: number): Promise<void> {
  const details = {
    name: slug,
    description: '',
    labels: [],
    intents: [],
    languageCodes: [],
    embeddingKey: null,
  };
  const body = { slug, kind: 'code' as const, type: 'one_off' as const, details };
  await send(0, new CreateScript({ slug, body, context: context() }));
  for (let base = 0; base < count; base += 1) await send(0, save(slug, base, `text ${base + 1}`));
}

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
    await drafts('pruners', 12);
    const tries = Array.from({ length: 24 }, (_, index) => send(index, prune('pruners', 2 + (index % 4))));
    expect((await Promise.all(tries)).filter((answer) => typeof answer === 'string')).toEqual([]);
    const history = await historyOf('pruners');
    expect([...prunedIn(history)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(judgeScriptHistory(history)).toEqual([]);
  });

  it('prune against save: every save that was told is a version with its bytes, unless it was given up as an old one', async () => {
    await drafts('saved', 1);
    const saving = async (): Promise<void> => {
      for (let base = 1; base < 15; base += 1) {
        // Every third content comes back, when its earlier version is pruned and its bytes may be swept at any moment.
        const answer = await send(0, save('saved', base, `text ${base % 3 === 0 ? base - 2 : base + 1}`));
        expect(answer).toMatchObject({ body: { number: base + 1 } });
        minutes += 61;
      }
    };
    let saved = false;
    const pruning = async (): Promise<void> => {
      while (!saved) {
        expect(typeof (await send(1, prune('saved', 1)))).not.toBe('string');
        for (let text = 1; text <= 15; text += 1) await sweep('saved', `text ${text}`);
      }
    };
    await Promise.all([saving().finally(() => (saved = true)), pruning()]);
    const history = await historyOf('saved');
    expect(judgeScriptHistory(history)).toEqual([]);
    const given = new Set(prunedIn(history));
    expect([given.size > 5, given.has(15)]).toEqual([true, false]);
    for (const { type, data } of history.filter((event) => event.type === 'DraftCreated')) {
      const { number, contentHash } = data as { number: number; contentHash: string };
      if (given.has(number)) continue;
      const bytes = await readContent(store, { ...nameOf('saved', ''), contentHash });
      expect({ type, number, bytes: bytes !== null }).toEqual({ type, number, bytes: true });
    }
  });

  it('prune against run: a run is accepted with its content, or told that it was pruned', async () => {
    await drafts('run', 9);
    const asks = Array.from({ length: 30 }, (_, index) => send(0, runOf('run', 1 + (index % 8))));
    const answers = await Promise.all([...asks, send(1, prune('run', 1))]);
    const codes = new Set(answers.filter((answer) => typeof answer === 'string'));
    expect([...codes].filter((code) => code !== 'content-pruned')).toEqual([]);
    const [first = '', last = ''] = ['text 1', 'text 9'];
    expect(await send(0, runOf('run', 1))).toBe('content-pruned');
    minutes += 61;
    expect([await sweep('run', first), await sweep('run', last)]).toEqual(['deleted', 'named']);
    expect(await send(0, runOf('run', 1))).toBe('content-pruned');
    expect(await send(1, runOf('run', 9))).toMatchObject({ body: { number: 9 } });
  });
});

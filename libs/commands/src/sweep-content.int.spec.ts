import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  contentStreamOf,
  type EventMetadata,
  hashJson,
  id,
  scriptDecider,
  scriptIdOf,
  streamName,
} from '@stemma/domain';
import { connectEventStore, type EventStore, openAggregate } from '@stemma/event-store';
import { startLog, type TestLog } from '@stemma/testing';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  type CommandContext,
  CommandsModule,
  CreateScript,
  PruneVersions,
  readContent,
  rememberContents,
  SaveDraft,
  sweepContent,
} from './index.js';
import { storeContent } from './store-content.js';

const tenantId = id('tenant', 'sweeping');
const START = Date.parse('2026-11-21T08:00:00.000Z');
let minutes = 0;
const clock = () => new Date(START + minutes * 60_000);

let log: TestLog;
let store: EventStore;
let module: TestingModule;
let bus: CommandBus;
beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  module = await Test.createTestingModule({
    imports: [CommandsModule.register({ store, release: 'spec', clock })],
  }).compile();
  await module.init();
  bus = module.get(CommandBus);
});
afterAll(async () => {
  await module.close();
  await store.close();
  await log.remove();
});

let commands = 0;
const context = (): CommandContext => ({
  tenantId,
  actor: { kind: 'user', id: 'ann', via: null },
  commandId: id('command', (commands += 1)),
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
  bus.execute(
    new SaveDraft({
      slug,
      body: { baseNumber, content: contentOf(text), changeSummary: null },
      context: context(),
    }),
  );
const prune = (slug: string) => {
  const body = { maxVersions: 1, retentionDays: null, dryRun: false };
  return bus.execute(new PruneVersions({ slug, body, context: context() }));
};
/** Another process: nothing is cached. */
const sweep = (slug: string, text: string) =>
  sweepContent(
    { store, scripts: openAggregate({ store, decider: scriptDecider }), clock },
    nameOf(slug, text),
  );

async function drafts(slug: string, ...texts: readonly string[]): Promise<void> {
  const details = {
    name: slug,
    description: '',
    labels: [],
    intents: [],
    languageCodes: [],
    embeddingKey: null,
  };
  await bus.execute(
    new CreateScript({ slug, body: { slug, kind: 'code', type: 'one_off', details }, context: context() }),
  );
  for (const [base, text] of texts.entries()) await save(slug, base, text);
}

describe('sweeping pruned content', () => {
  it('deletes what no unpruned version names, an hour later and not before, once', async () => {
    await drafts('plain', 'old', 'shared', 'shared');
    await prune('plain');
    minutes += 60;
    expect(await sweep('plain', 'old')).toBe('young');
    minutes += 1;
    expect(await readContent(store, nameOf('plain', 'old'))).not.toBeNull();
    const both = await Promise.all([sweep('plain', 'old'), sweep('plain', 'old')]);
    expect(both).toContain('deleted');
    expect(await sweep('plain', 'old')).toBe('gone');
    expect(await readContent(store, nameOf('plain', 'old'))).toBeNull();
    expect(await sweep('plain', 'shared')).toBe('named');
    expect(await readContent(store, nameOf('plain', 'shared'))).toEqual(contentOf('shared'));
  });

  it('takes it from those who remember it, too', async () => {
    await drafts('remembered', 'old', 'new');
    const contents = rememberContents(store);
    const scripts = openAggregate({ store, decider: scriptDecider });
    const read = () =>
      contents(
        nameOf('remembered', 'old'),
        1,
        scripts.load(streamName('script', tenantId, scriptIdOf(tenantId, 'remembered'))),
      );
    expect([await read(), await read()]).toEqual([contentOf('old'), contentOf('old')]);
    await prune('remembered');
    expect(await read()).toEqual(contentOf('old'));
    minutes += 61;
    expect(await sweep('remembered', 'old')).toBe('deleted');
    expect(await read()).toBeNull();
  });

  it('leaves content that a save references before it deletes', async () => {
    await drafts('raced', 'again', 'other');
    await prune('raced');
    minutes += 61;
    await save('raced', 2, 'again');
    expect(await sweep('raced', 'again')).toBe('young');
    minutes += 61;
    expect(await sweep('raced', 'again')).toBe('named');
  });

  it('is healed by a save that references what it deleted a moment before', async () => {
    await drafts('healed', 'lost', 'other');
    await prune('healed');
    minutes += 61;
    expect(await sweep('healed', 'lost')).toBe('deleted');
    await save('healed', 2, 'lost');
    expect(await readContent(store, nameOf('healed', 'lost'))).toEqual(contentOf('lost'));
  });

  it('H13 is undone by the very command that stored the content first', async () => {
    const name = nameOf('repeated', 'x');
    const stream = contentStreamOf(tenantId, name.scriptId, name.contentHash);
    const metadataAt = (at: Date): EventMetadata => {
      const { ifMatch: _ifMatch, ...rest } = { ...context(), commandId: id('command', 'the same') };
      return { ...rest, at: at.toISOString(), release: 'spec' };
    };
    const content = contentOf('x');
    await storeContent(store, { ...name, content, metadata: metadataAt(clock()) });
    await store.deleteStream(stream, 0n);
    minutes += 61;
    await storeContent(store, { ...name, content, metadata: metadataAt(clock()) });
    expect(await readContent(store, name)).toEqual(content);
  });

  it('races with twenty saves and sweeps of one content, and no version that was saved lost its bytes', async () => {
    const losses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const slug = `race-${round}`;
      await drafts(slug, 'contested', 'other');
      await prune(slug);
      minutes += 61;
      const name = nameOf(slug, 'contested');
      const metadata = () => {
        const { ifMatch: _ifMatch, ...rest } = context();
        return { ...rest, at: clock().toISOString(), release: 'spec' };
      };
      const write = () =>
        storeContent(store, { ...name, content: contentOf('contested'), metadata: metadata() });
      await Promise.all([sweep(slug, 'contested'), write(), sweep(slug, 'contested'), write(), write()]);
      if ((await readContent(store, name)) === null) losses.push(round);
    }
    expect(losses).toEqual([]);
  });
});

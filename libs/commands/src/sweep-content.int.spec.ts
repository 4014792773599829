import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  contentStreamOf,
  type EventMetadata,
  id,
  scriptDecider,
  scriptIdOf,
  streamName,
} from '@stemma/domain';
import { connectEventStore, type EventStore, openAggregate } from '@stemma/event-store';
import { startLog, type TestLog } from '@stemma/testing';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { authorIn, contentOf, stoppedClock } from './author.fixtures.js';
import { CommandsModule, readContent, rememberContents, sweepContent } from './index.js';
import { storeContent } from './store-content.js';

const tenantId = id('tenant', 'sweeping');
const author = authorIn(tenantId);
const { nameOf } = author;
const clock = stoppedClock(Date.parse('2026-11-21T08:00:00.000Z'));

let log: TestLog;
let store: EventStore;
let module: TestingModule;
let bus: CommandBus;
beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  module = await Test.createTestingModule({
    imports: [CommandsModule.register({ store, release: 'spec', clock: clock.now })],
  }).compile();
  await module.init();
  bus = module.get(CommandBus);
});
afterAll(async () => {
  await module.close();
  await store.close();
  await log.remove();
});

const send = (command: object): Promise<unknown> => bus.execute(command);
const drafts = (name: string, ...contents: readonly string[]) => author.drafts(send, name, contents);
const save = (...draft: Parameters<typeof author.save>) => send(author.save(...draft));
const prune = (slug: string) => send(author.prune(slug));
/** Another process: nothing is cached. */
const sweep = (slug: string, text: string) =>
  sweepContent(
    { store, scripts: openAggregate({ store, decider: scriptDecider }), clock: clock.now },
    nameOf(slug, text),
  );

describe('sweeping pruned content', () => {
  it('deletes what no unpruned version names, an hour later and not before, once', async () => {
    const slug = await drafts('plain', 'old', 'shared', 'shared');
    await prune(slug);
    clock.pass(60);
    expect(await sweep(slug, 'old')).toBe('young');
    clock.pass(1);
    expect(await readContent(store, nameOf(slug, 'old'))).not.toBeNull();
    const both = await Promise.all([sweep(slug, 'old'), sweep(slug, 'old')]);
    expect(both).toContain('deleted');
    expect(await sweep(slug, 'old')).toBe('gone');
    expect(await readContent(store, nameOf(slug, 'old'))).toBeNull();
    expect(await sweep(slug, 'shared')).toBe('named');
    expect(await readContent(store, nameOf(slug, 'shared'))).toEqual(contentOf('shared'));
  });

  it('takes it from those who remember it, too', async () => {
    const slug = await drafts('remembered', 'old', 'new');
    const contents = rememberContents(store);
    const scripts = openAggregate({ store, decider: scriptDecider });
    const read = () =>
      contents(
        nameOf(slug, 'old'),
        1,
        scripts.load(streamName('script', tenantId, scriptIdOf(tenantId, slug))),
      );
    expect([await read(), await read()]).toEqual([contentOf('old'), contentOf('old')]);
    await prune(slug);
    expect(await read()).toEqual(contentOf('old'));
    clock.pass(61);
    expect(await sweep(slug, 'old')).toBe('deleted');
    expect(await read()).toBeNull();
  });

  it('leaves content that a save references before it deletes', async () => {
    const slug = await drafts('raced', 'again', 'other');
    await prune(slug);
    clock.pass(61);
    await save(slug, 2, 'again');
    expect(await sweep(slug, 'again')).toBe('young');
    clock.pass(61);
    expect(await sweep(slug, 'again')).toBe('named');
  });

  it('is healed by a save that references what it deleted a moment before', async () => {
    const slug = await drafts('healed', 'lost', 'other');
    await prune(slug);
    clock.pass(61);
    expect(await sweep(slug, 'lost')).toBe('deleted');
    await save(slug, 2, 'lost');
    expect(await readContent(store, nameOf(slug, 'lost'))).toEqual(contentOf('lost'));
  });

  it('H13 is undone by the very command that stored the content first', async () => {
    const name = nameOf(await drafts('repeated'), 'x');
    const stream = contentStreamOf(tenantId, name.scriptId, name.contentHash);
    const metadataAt = (at: Date): EventMetadata => {
      const { ifMatch: _ifMatch, ...rest } = { ...author.context(), commandId: id('command', 'the same') };
      return { ...rest, at: at.toISOString(), release: 'spec' };
    };
    const content = contentOf('x');
    await storeContent(store, { ...name, content, metadata: metadataAt(clock.now()) });
    await store.deleteStream(stream, 0n);
    clock.pass(61);
    await storeContent(store, { ...name, content, metadata: metadataAt(clock.now()) });
    expect(await readContent(store, name)).toEqual(content);
  });

  it('races with twenty saves and sweeps of one content, and no version that was saved lost its bytes', async () => {
    const losses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const slug = await drafts('race', 'contested', 'other');
      await prune(slug);
      clock.pass(61);
      const name = nameOf(slug, 'contested');
      const metadata = () => {
        const { ifMatch: _ifMatch, ...rest } = author.context();
        return { ...rest, at: clock.now().toISOString(), release: 'spec' };
      };
      const write = () =>
        storeContent(store, { ...name, content: contentOf('contested'), metadata: metadata() });
      await Promise.all([sweep(slug, 'contested'), write(), sweep(slug, 'contested'), write(), write()]);
      if ((await readContent(store, name)) === null) losses.push(round);
    }
    expect(losses).toEqual([]);
  });
});

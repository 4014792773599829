import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { CommandIdReused, connectEventStore, type EventStore, PreconditionFailed } from '@stemma/event-store';
import {
  apiKeyStreamOf,
  contentSchema,
  contentStreamOf,
  createScriptSchema,
  hashJson,
  id,
  requestApiKeySchema,
  scriptIdOf,
  streamName,
} from '@stemma/domain';
import { startLog, type TestLog } from '@stemma/testing';
import {
  ApproveVersion,
  ChangeDetails,
  type CommandAnswer,
  type CommandContext,
  CommandsModule,
  CreateApiKey,
  CreatePrincipal,
  CreateScript,
  CreateTenant,
  isRejection,
  PublishVersion,
  readContent,
  RestoreTenant,
  RollBack,
  SaveDraft,
  SubmitForReview,
  SuspendTenant,
} from './index.js';

const tenantId = id('tenant', 'commands');
let log: TestLog;
let store: EventStore;
let module: TestingModule;
let bus: CommandBus;

beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  module = await Test.createTestingModule({
    imports: [CommandsModule.register({ store, release: 'spec' })],
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

function by(person: string, more: Partial<CommandContext> = {}): CommandContext {
  const commandId = id('command', (commands += 1));
  const actor = { kind: 'user', id: person, via: null } as const;
  return {
    tenantId,
    actor,
    commandId,
    bodyHash: 'b',
    correlationId: 'c',
    causationId: 'c',
    ifMatch: null,
    ...more,
  };
}

const run = (command: object): Promise<CommandAnswer> => bus.execute(command);

async function codeOf(command: object): Promise<string> {
  try {
    await run(command);
    return 'accepted';
  } catch (error) {
    return isRejection(error) ? error.code : (error as Error).constructor.name;
  }
}

const body = (slug: string) => createScriptSchema.parse({ slug, details: { name: slug } });
const content = (source: string) => contentSchema.parse({ runtime: 'python', source });
const save = (slug: string, baseNumber: number | null, source = 'a', more: Partial<CommandContext> = {}) =>
  new SaveDraft({
    slug,
    body: { baseNumber, content: content(source), changeSummary: null },
    context: by('ann', more),
  });

const streamOf = (slug: string) => streamName('script', tenantId, scriptIdOf(tenantId, slug));

async function typesIn(stream: string): Promise<string[]> {
  const types: string[] = [];
  for await (const event of store.readStream(stream)) types.push(event.type);
  return types;
}

async function created(slug: string): Promise<string> {
  await run(new CreateScript({ slug, body: body(slug), context: by('ann') }));
  return slug;
}

describe('a script on the command bus', () => {
  it('goes from draft to active, is replaced, and is rolled back', async () => {
    const slug = await created('whole-way');
    for (const number of [1, 2]) {
      await run(save(slug, number - 1, `v${number}`));
      await run(new SubmitForReview({ slug, body: { number }, context: by('ann') }));
      await run(new ApproveVersion({ slug, body: { number, reviewNote: null }, context: by('bob') }));
      await run(new PublishVersion({ slug, body: { number }, context: by('bob') }));
    }
    const back = await run(
      new RollBack({ slug, body: { number: 1, baseNumber: 2, changeSummary: null }, context: by('bob') }),
    );
    expect(back.body).toMatchObject({ number: 3, state: 'active', sameContentAs: 1, changed: true });
    expect((await typesIn(streamOf(slug))).slice(-3)).toEqual([
      'DraftCreated',
      'VersionArchived',
      'VersionPublished',
    ]);
  });

  it('stores the content before the event that names it, once for each content, with who, when and why', async () => {
    const slug = await created('contents');
    await run(save(slug, 0, 'same'));
    await run(save(slug, 1, 'same'));
    const scriptId = scriptIdOf(tenantId, slug);
    const contentHash = hashJson(content('same'));
    expect(await typesIn(contentStreamOf(tenantId, scriptId, contentHash))).toEqual([
      'ContentStored',
      'ContentReferenced',
    ]);
    expect(await readContent(store, { tenantId, scriptId, contentHash })).toEqual(content('same'));
    for await (const { metadata } of store.readStream(streamOf(slug), { limit: 1 })) {
      expect(metadata).toMatchObject({ tenantId, actor: { id: 'ann' }, release: 'spec', correlationId: 'c' });
    }
  });

  it('stores nothing for what is refused, not even content', async () => {
    const slug = await created('refused');
    expect(await codeOf(save(slug, 7, 'never'))).toBe('stale-base');
    expect(await codeOf(save(slug, null, 'never'))).toBe('base-required');
    expect(await codeOf(save('no-such-script', 0, 'never'))).toBe('script-not-found');
    const hash = hashJson(content('never'));
    expect(await typesIn(contentStreamOf(tenantId, scriptIdOf(tenantId, slug), hash))).toEqual([]);
    expect(await typesIn(streamOf(slug))).toEqual(['ScriptCreated']);
  });
});

describe('doing it twice', () => {
  it('answers a repeated command as the first time, whatever happened since', async () => {
    const slug = await created('repeated');
    const context = by('ann');
    const once = { baseNumber: 0, content: content('x'), changeSummary: null };
    const first = await run(new SaveDraft({ slug, body: once, context }));
    await run(save(slug, 1, 'y'));
    const again = await run(new SaveDraft({ slug, body: once, context }));
    expect(again).toEqual({ ...first, replayed: true });
    expect(await typesIn(streamOf(slug))).toHaveLength(3);
  });

  it('refuses a key that was used for another body', async () => {
    const slug = await created('reused');
    const context = by('ann');
    await run(save(slug, 0, 'x', { commandId: context.commandId }));
    expect(await codeOf(save(slug, 1, 'y', { commandId: context.commandId, bodyHash: 'other' }))).toBe(
      CommandIdReused.name,
    );
  });

  it('T5 of fifty saves on one base one wins; the others are told the current one', async () => {
    const slug = await created('raced');
    const codes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => codeOf(save(slug, 0, `v${index}`))),
    );
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['accepted', 'stale-base']));
    expect(await typesIn(streamOf(slug))).toEqual(['ScriptCreated', 'DraftCreated']);
  });

  it('of fifty creations of one slug one wins', async () => {
    const codes = await Promise.all(
      Array.from({ length: 50 }, () =>
        codeOf(new CreateScript({ slug: 'born', body: body('born'), context: by('ann') })),
      ),
    );
    expect(codes.filter((code) => code === 'accepted')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['accepted', 'script-exists']));
  });
});

describe('If-Match', () => {
  const rename = (slug: string, name: string, ifMatch: bigint) =>
    new ChangeDetails({ slug, body: { name, baseNumber: null }, context: by('ann', { ifMatch }) });

  it('lets the change of one who saw the newest state through, and no other', async () => {
    const slug = await created('matched');
    const { revision } = await run(rename(slug, 'First', 0n));
    expect(revision).toBe(1n);
    expect(await codeOf(rename(slug, 'Second', 0n))).toBe(PreconditionFailed.name);
    expect(await codeOf(rename(slug, 'Second', 1n))).toBe('accepted');
  });
});

describe('the terms of a tenant', () => {
  const own = id('tenant', 'terms');
  const admin = (more: Partial<CommandContext> = {}) => by('admin', { tenantId: own, ...more });
  const create = () =>
    codeOf(new CreateScript({ slug: 'later', body: body('later'), context: by('ann', { tenantId: own }) }));

  it('count in every decision, as the stream of the tenant has them at that moment', async () => {
    const secretHash = 'a'.repeat(64);
    await run(new CreateTenant({ body: { name: 'terms' }, secretHash, context: admin() }));
    await run(new SuspendTenant({ body: { reason: null }, context: admin() }));
    expect(await create()).toBe('tenant-suspended');
    await run(new RestoreTenant({ body: {}, context: admin() }));
    expect(await create()).toBe('accepted');
  });

  it('come with an administrator: his key is stored before the tenant is', async () => {
    const types = [];
    for await (const { type, stream } of store.readAll()) if (stream.includes(own)) types.push(type);
    expect(types.slice(0, 3)).toEqual(['ApiKeyCreated', 'PrincipalCreated', 'TenantCreated']);
  });

  it('are those of the first who took the name', async () => {
    const taken = { body: { name: 'terms' }, secretHash: 'b'.repeat(64), context: admin() };
    expect(await codeOf(new CreateTenant(taken))).toBe('tenant-exists');
    const hashes = [];
    for await (const { data, stream } of store.readAll())
      if (stream.includes(own)) hashes.push(JSON.stringify(data));
    expect(hashes.join()).not.toContain('b'.repeat(64));
  });
});

describe('a key', () => {
  const context = by('admin', { commandId: id('command', 'the same') });
  const mint = (letter: string) =>
    new CreateApiKey({
      keyId: 'made-once',
      subject: 'ann',
      secretHash: letter.repeat(64),
      body: requestApiKeySchema.parse({}),
      context,
    });

  it('H1 A8 asked for several times at once is stored once, and all but one learn that theirs is not the one', async () => {
    expect(await codeOf(mint('0'))).toBe('principal-not-found');
    const principal = { subject: 'ann', kind: 'user' as const, roles: [] };
    await run(new CreatePrincipal({ subject: 'ann', body: principal, context: by('admin') }));
    const answers = await Promise.all(['1', '2', '3', '4'].map((letter) => run(mint(letter))));
    const first = answers.filter(({ replayed }) => !replayed);
    expect(first).toHaveLength(1);
    const stored = [];
    for await (const event of store.readStream(apiKeyStreamOf(tenantId, 'made-once'))) stored.push(event);
    expect(stored).toHaveLength(1);
    expect(answers.map(({ body: answer }) => JSON.stringify(answer)).join()).not.toMatch(/[1-4]{64}/);
  });
});

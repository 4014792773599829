import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { openTenantBlobs } from '@stemma/blob-store';
import {
  CommandsModule,
  readContent,
  readingTerms,
  rememberContents,
  runDecider,
  scriptDecider,
  scriptIdOf,
  SetPrunePolicy,
  streamName,
  tenantIdOf,
} from '@stemma/commands';
import { authorIn, contentOf, stoppedClock, texts } from '@stemma/commands/fixtures';
import { openAggregate } from '@stemma/event-store';
import { createLogger } from '@stemma/observability';
import { listPrunePolicies, scripts } from '@stemma/projections/scripts';
import { listPrunedContents, versions } from '@stemma/projections/versions';
import { defaultLimits, type Runner } from '@stemma/runner';
import { eventually, type ReadSide, startReadSide } from '@stemma/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openActiveRuns } from './active-runs.js';
import { type ExecuteParts, executeRun } from './execute-run.js';
import { repeat } from './repeat.js';
import { openTidying, type TidyParts } from './tidy-contents.js';
import { openLookAhead } from './look-ahead.js';
import { workerCommands } from './worker-commands.js';

const tenantId = tenantIdOf('tidy');
const author = authorIn(tenantId);
const clock = stoppedClock(Date.now());
const silent = createLogger({ name: 'spec', level: 'silent' });

let side: ReadSide;
let module: TestingModule;
let bus: CommandBus;
let root: string;
beforeAll(async () => {
  side = await startReadSide([scripts, versions]);
  root = await mkdtemp(path.join(tmpdir(), 'stemma-worker-'));
  const open = openTenantBlobs({ directory: root });
  const blobs = {
    put: async (tenant: string, bytes: Uint8Array) => (await open(tenant)).put(bytes),
    stat: () => Promise.resolve(undefined),
  };
  const limits = { sandbox: defaultLimits, production: defaultLimits };
  const options = { store: side.store, release: 'spec', clock: clock.now, runs: { blobs, limits } };
  module = await Test.createTestingModule({ imports: [CommandsModule.register(options)] }).compile();
  await module.init();
  bus = module.get(CommandBus);
}, 60_000);
afterAll(async () => {
  await module.close();
  await side.stop();
  await rm(root, { recursive: true, force: true });
});

const send = (command: object): Promise<unknown> => bus.execute(command);
const scriptId = (slug: string) => scriptIdOf(tenantId, slug);
const bytesOf = (slug: string, text: string) => readContent(side.store, author.nameOf(slug, text));
const drafts = (name: string, count: number) => author.drafts(send, name, texts(count));

const keepNewest = (slug: string, maxVersions: number, baseNumber: number) => {
  const policy = { maxVersions, retentionDays: null };
  return bus.execute(new SetPrunePolicy({ slug, body: { policy, baseNumber }, context: author.context() }));
};

async function prunesOf(slug: string): Promise<readonly { by: string; numbers: readonly number[] }[]> {
  const found = [];
  for await (const { type, data, metadata } of side.store.readStream(
    streamName('script', tenantId, scriptId(slug)),
  )) {
    if (type !== 'VersionsPruned') continue;
    const { actor } = metadata as { actor: { kind: string } };
    found.push({
      by: actor.kind,
      numbers: (data as { versions: { number: number }[] }).versions.map(({ number }) => number),
    });
  }
  return found;
}

/** A worker that is overtaken by a save whenever it writes to a script. */
async function overtaken(slug: string, head: number): Promise<TestingModule> {
  const stream = streamName('script', tenantId, scriptId(slug));
  let base = head;
  const append: typeof side.store.append = async (to, events, expected) => {
    if (to === stream) await send(author.save(slug, base++, 'newer'));
    return side.store.append(to, events, expected);
  };
  const options = { store: { ...side.store, append }, release: 'spec', clock: clock.now };
  const found = await Test.createTestingModule({ imports: [CommandsModule.register(options)] }).compile();
  return found.init().then(() => found);
}

/** Of a worker of its own; pages of two, so that every list has several. */
const tidying = (): TidyParts => ({
  store: side.store,
  bus,
  scripts: openAggregate({ store: side.store, decider: scriptDecider }),
  clock: clock.now,
  log: silent,
  listPruned: async (page) =>
    (
      await side.readModel.readAllTenants({ projections: [versions] }, (db) =>
        listPrunedContents(db, { ...page, limit: 2 }),
      )
    ).value,
  listPolicies: async () =>
    (await side.readModel.readAllTenants({ projections: [scripts] }, (db) => listPrunePolicies(db))).value,
});

describe('R-C6 tidying, in a loop', () => {
  it('prunes by the policy of a script, as a schedule, once, and deletes the bytes an hour later', async () => {
    const slug = await drafts('long', 7);
    await keepNewest(slug, 2, 7);
    const faults: unknown[] = [];
    const loops = [1, 2].map(() =>
      repeat(openTidying(tidying()), { everyMs: 20, onFault: (error) => faults.push(error) }),
    );
    await eventually(
      () => prunesOf(slug),
      (prunes) => prunes.length > 0,
    );
    expect(await bytesOf(slug, 'text 1')).toEqual(contentOf('text 1'));
    clock.pass(61);
    for (const number of [1, 2, 3, 4, 5])
      await eventually(
        () => bytesOf(slug, `text ${number}`),
        (bytes) => bytes === null,
      );
    await Promise.all(loops.map((loop) => loop.stop()));
    expect(faults).toEqual([]);
    expect(await prunesOf(slug)).toEqual([{ by: 'schedule', numbers: [1, 2, 3, 4, 5] }]);
    expect(await bytesOf(slug, 'text 6')).toEqual(contentOf('text 6'));
    expect(await bytesOf(slug, 'text 7')).toEqual(contentOf('text 7'));
  });

  it('goes on where it was: what was given up later, and what was too young, is found in later passes', async () => {
    const slug = await drafts('later', 3);
    const pass = openTidying(tidying());
    await pass();
    await keepNewest(slug, 1, 3);
    await eventually(
      async () => {
        await pass();
        return prunesOf(slug);
      },
      (prunes) => prunes.length > 0,
    );
    expect(await bytesOf(slug, 'text 1')).not.toBeNull();
    clock.pass(61);
    await eventually(
      async () => {
        await pass();
        return [await bytesOf(slug, 'text 1'), await bytesOf(slug, 'text 2')];
      },
      (bytes) => bytes.every((one) => one === null),
    );
    expect(await bytesOf(slug, 'text 3')).toEqual(contentOf('text 3'));
  });
});

const outcome = {
  status: 'completed',
  reason: 'returned',
  exitCode: 0,
  oomKilled: false,
  output: { said: 'done' },
  error: null,
  artifacts: [],
  variables: [],
  durations: { createMs: 0, startMs: 0, runMs: 1 },
  imageDigest: `sha256:${'a'.repeat(64)}`,
  profile: `sha256:${'b'.repeat(64)}`,
} as const;

/** An engine in whose container `meanwhile` happens, after the script has entered it. */
const engine = (meanwhile: (source: string) => Promise<void>): Pick<Runner, 'run'> => ({
  run: async ({ source }, { onStarted }) => {
    await onStarted({ ...outcome, engineRuntime: 'runc', containerId: 'c', warm: false });
    await meanwhile(source);
    return outcome;
  },
});

const executing = (runner: Pick<Runner, 'run'>): ExecuteParts => ({
  runs: openAggregate({ store: side.store, decider: runDecider }),
  scripts: openAggregate({ store: side.store, decider: scriptDecider }),
  tenants: readingTerms(side.store),
  contents: rememberContents(side.store),
  openSecrets: () => Promise.reject(new Error('it asked for secrets')),
  ahead: openLookAhead(),
  commands: workerCommands(bus, 'spec'),
  runner: runner as Runner,
  blobs: openTenantBlobs({ directory: root }),
  active: openActiveRuns(),
  show: () => Promise.resolve(),
  showMoved: () => Promise.resolve(),
  log: silent,
});

async function ask(slug: string, version: number): Promise<string> {
  const asked = author.runOf(slug, version);
  await bus.execute(asked);
  return asked.request.runId;
}

async function endOf(runId: string): Promise<object> {
  let last: object = {};
  for await (const { data } of side.store.readStream(streamName('run', tenantId, runId))) last = data;
  return last;
}

const giveUp = async (slug: string): Promise<void> => {
  await bus.execute(author.prune(slug));
  clock.pass(61);
  const pass = openTidying(tidying());
  await eventually(
    async () => {
      await pass();
      return bytesOf(slug, 'text 1');
    },
    (bytes) => bytes === null,
  );
};

describe('R-C6 a script that is saved to without end', () => {
  it('is pruned later, and keeps no other one waiting', async () => {
    const [busy, quiet] = [await drafts('busy', 3), await drafts('quiet', 3)];
    await keepNewest(busy, 1, 3);
    await keepNewest(quiet, 1, 3);
    const slow = await overtaken(busy, 3);
    const parts = tidying();
    const busyFirst = async () =>
      [...(await parts.listPolicies())].sort((a, b) => Number(b.slug === busy) - Number(a.slug === busy));
    const pass = openTidying({ ...parts, bus: slow.get(CommandBus), listPolicies: busyFirst });
    await eventually(
      async () => {
        await pass();
        return prunesOf(quiet);
      },
      (prunes) => prunes.length > 0,
    );
    await slow.close();
    expect(await prunesOf(busy)).toEqual([]);
    await openTidying(parts)();
    expect(await prunesOf(busy)).toHaveLength(1);
  });
});

describe('R-C6 a run of a version that is pruned meanwhile', () => {
  it('has its content, once it has started', async () => {
    const slug = await drafts('started', 2);
    const runId = await ask(slug, 1);
    const ran: string[] = [];
    const runner = engine(async (source) => {
      ran.push(source);
      await giveUp(slug);
    });
    await executeRun(executing(runner), { tenantId, runId, attempt: 1 });
    expect(ran).toEqual(['text 1']);
    expect(await endOf(runId)).toMatchObject({ status: 'completed' });
  });

  it('ends as failed, saying so, when the bytes are gone before it starts', async () => {
    const slug = await drafts('waiting', 2);
    const runId = await ask(slug, 1);
    await giveUp(slug);
    const never = engine(() => Promise.reject(new Error('it ran')));
    await executeRun(executing(never), { tenantId, runId, attempt: 1 });
    expect(await endOf(runId)).toMatchObject({ status: 'failed', reason: 'content-pruned' });
    await expect(ask(slug, 1)).rejects.toMatchObject({ code: 'content-pruned' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { openTenantBlobs } from '@stemma/blob-store';
import {
  type CommandContext,
  CommandsModule,
  CreateScript,
  hashJson,
  id,
  PruneVersions,
  readContent,
  readingTerms,
  rememberContents,
  RequestRun,
  runDecider,
  runIdOf,
  SaveDraft,
  scriptDecider,
  scriptIdOf,
  SetPrunePolicy,
  streamName,
  tenantIdOf,
} from '@stemma/commands';
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
const START = Date.now();
let minutes = 0;
const clock = () => new Date(START + minutes * 60_000);
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
  const options = { store: side.store, release: 'spec', clock, runs: { blobs, limits } };
  module = await Test.createTestingModule({ imports: [CommandsModule.register(options)] }).compile();
  await module.init();
  bus = module.get(CommandBus);
}, 60_000);
afterAll(async () => {
  await module.close();
  await side.stop();
  await rm(root, { recursive: true, force: true });
});

let commands = 0;
const context = (): CommandContext => ({
  tenantId,
  actor: { kind: 'user', id: 'ann', via: null },
  commandId: id('command', 'tidy', (commands += 1)),
  bodyHash: 'b',
  correlationId: 'c',
  causationId: 'c',
  ifMatch: null,
});
const contentOf = (text: string) => ({ runtime: 'node' as const, entrypoint: 'run', source: text });
const scriptId = (slug: string) => scriptIdOf(tenantId, slug);
const bytesOf = (slug: string, text: string) =>
  readContent(side.store, { tenantId, scriptId: scriptId(slug), contentHash: hashJson(contentOf(text)) });

/** A script with so many drafts: `text 1`, `text 2` … */
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
  await bus.execute(new CreateScript({ slug, body, context: context() }));
  for (let baseNumber = 0; baseNumber < count; baseNumber += 1) {
    const draft = { baseNumber, content: contentOf(`text ${baseNumber + 1}`), changeSummary: null };
    await bus.execute(new SaveDraft({ slug, body: draft, context: context() }));
  }
}

const keepNewest = (slug: string, maxVersions: number, baseNumber: number) => {
  const policy = { maxVersions, retentionDays: null };
  return bus.execute(new SetPrunePolicy({ slug, body: { policy, baseNumber }, context: context() }));
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

/** Of a worker of its own; pages of two, so that every list has several. */
const tidying = (): TidyParts => ({
  store: side.store,
  bus,
  scripts: openAggregate({ store: side.store, decider: scriptDecider }),
  clock,
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
    await drafts('long', 7);
    await keepNewest('long', 2, 7);
    const faults: unknown[] = [];
    const loops = [1, 2].map(() =>
      repeat(openTidying(tidying()), { everyMs: 20, onFault: (error) => faults.push(error) }),
    );
    await eventually(
      () => prunesOf('long'),
      (prunes) => prunes.length > 0,
    );
    expect(await bytesOf('long', 'text 1')).toEqual(contentOf('text 1'));
    minutes += 61;
    for (const number of [1, 2, 3, 4, 5])
      await eventually(
        () => bytesOf('long', `text ${number}`),
        (bytes) => bytes === null,
      );
    await Promise.all(loops.map((loop) => loop.stop()));
    expect(faults).toEqual([]);
    expect(await prunesOf('long')).toEqual([{ by: 'schedule', numbers: [1, 2, 3, 4, 5] }]);
    expect(await bytesOf('long', 'text 6')).toEqual(contentOf('text 6'));
    expect(await bytesOf('long', 'text 7')).toEqual(contentOf('text 7'));
  });

  it('goes on where it was: what was given up later, and what was too young, is found in later passes', async () => {
    await drafts('later', 3);
    const pass = openTidying(tidying());
    await pass();
    await keepNewest('later', 1, 3);
    await eventually(
      async () => {
        await pass();
        return prunesOf('later');
      },
      (prunes) => prunes.length > 0,
    );
    expect(await bytesOf('later', 'text 1')).not.toBeNull();
    minutes += 61;
    await eventually(
      async () => {
        await pass();
        return [await bytesOf('later', 'text 1'), await bytesOf('later', 'text 2')];
      },
      (bytes) => bytes.every((one) => one === null),
    );
    expect(await bytesOf('later', 'text 3')).toEqual(contentOf('text 3'));
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
  const asked = context();
  const runId = runIdOf(asked.commandId);
  const none = { files: [], subject: null, connector: null, timeoutMs: null };
  const body = { context: 'sandbox' as const, version, input: {}, ...none };
  await bus.execute(new RequestRun({ runId, slug, body, context: asked }));
  return runId;
}

async function endOf(runId: string): Promise<object> {
  let last: object = {};
  for await (const { data } of side.store.readStream(streamName('run', tenantId, runId))) last = data;
  return last;
}

const giveUp = async (slug: string): Promise<void> => {
  const body = { maxVersions: 1, retentionDays: null, dryRun: false };
  await bus.execute(new PruneVersions({ slug, body, context: context() }));
  minutes += 61;
  const pass = openTidying(tidying());
  await eventually(
    async () => {
      await pass();
      return bytesOf(slug, 'text 1');
    },
    (bytes) => bytes === null,
  );
};

describe('R-C6 a run of a version that is pruned meanwhile', () => {
  it('has its content, once it has started', async () => {
    await drafts('started', 2);
    const runId = await ask('started', 1);
    const ran: string[] = [];
    const runner = engine(async (source) => {
      ran.push(source);
      await giveUp('started');
    });
    await executeRun(executing(runner), { tenantId, runId, attempt: 1 });
    expect(ran).toEqual(['text 1']);
    expect(await endOf(runId)).toMatchObject({ status: 'completed' });
  });

  it('ends as failed, saying so, when the bytes are gone before it starts', async () => {
    await drafts('waiting', 2);
    const runId = await ask('waiting', 1);
    await giveUp('waiting');
    const never = engine(() => Promise.reject(new Error('it ran')));
    await executeRun(executing(never), { tenantId, runId, attempt: 1 });
    expect(await endOf(runId)).toMatchObject({ status: 'failed', reason: 'content-pruned' });
    await expect(ask('waiting', 1)).rejects.toMatchObject({ code: 'content-pruned' });
  });
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { openTenantBlobs } from '@stemma/blob-store';
import {
  type CommandContext,
  CommandsModule,
  CreateTenant,
  id,
  readingTerms,
  rememberContents,
  runDecider,
  scriptDecider,
  streamName,
  SuspendTenant,
  tenantIdOf,
} from '@stemma/commands';
import { connectEventStore, type EventStore, openAggregate } from '@stemma/event-store';
import { createLogger } from '@stemma/observability';
import { startLog, type TestLog } from '@stemma/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openActiveRuns } from './active-runs.js';
import { type ExecuteParts, executeRun } from './execute-run.js';
import { openLookAhead } from './look-ahead.js';
import { workerCommands } from './worker-commands.js';

const tenantId = tenantIdOf('late-payers');
const runId = id('run', 'of a suspended tenant');
let log: TestLog;
let store: EventStore;
let module: TestingModule;
let root: string;

beforeAll(async () => {
  log = await startLog();
  store = connectEventStore({ url: log.url });
  root = await mkdtemp(path.join(tmpdir(), 'stemma-worker-'));
  module = await Test.createTestingModule({
    imports: [CommandsModule.register({ store, release: 'spec' })],
  }).compile();
  await module.init();
});
afterAll(async () => {
  await module.close();
  await store.close();
  await log.remove();
  await rm(root, { recursive: true, force: true });
});

const context = (name: string): CommandContext => ({
  tenantId,
  actor: { kind: 'user', id: 'admin', via: null },
  commandId: id('command', name),
  bodyHash: 'b',
  correlationId: 'c',
  causationId: 'c',
  ifMatch: null,
});

const neverRuns = { run: () => Promise.reject(new Error('it ran')) } as unknown as ExecuteParts['runner'];

function parts(): ExecuteParts {
  return {
    runs: openAggregate({ store, decider: runDecider }),
    scripts: openAggregate({ store, decider: scriptDecider }),
    tenants: readingTerms(store),
    contents: rememberContents(store),
    ahead: openLookAhead(),
    commands: workerCommands(module.get(CommandBus), 'spec'),
    runner: neverRuns,
    blobs: openTenantBlobs({ directory: root }),
    openSecrets: () => Promise.reject(new Error('it asked for secrets')),
    active: openActiveRuns(),
    show: () => Promise.resolve(),
    showMoved: () => Promise.resolve(),
    log: createLogger({ name: 'spec', level: 'silent' }),
  };
}

/** Asked for before the suspension, and still waiting. */
async function requestRun(): Promise<void> {
  const limits = { timeoutMs: 1_000, memoryMb: 64, milliCpus: 1_000, tmpfsMb: 16 };
  const of = { runId, scriptId: id('script', 's'), slug: 's', versionId: id('version', 's'), number: 1 };
  const input = { sha256: '0'.repeat(64), size: 2 };
  const data = {
    ...of,
    contentHash: 'a'.repeat(64),
    runtime: 'python',
    context: 'sandbox',
    trigger: { kind: 'api' },
    input,
    files: [],
    limits,
  };
  const metadata = { ...context('request'), at: '2026-11-21T08:00:00.000Z', release: 'spec' };
  const { ifMatch: _none, ...stamped } = metadata;
  const event = { id: id('event', runId), type: 'RunRequested', data, metadata: stamped };
  await store.append(streamName('run', tenantId, runId), [event], 'no_stream');
}

it('a run that waits while its tenant is suspended ends as cancelled, and never enters a container', async () => {
  const bus = module.get(CommandBus);
  const secretHash = 'a'.repeat(64);
  await bus.execute(
    new CreateTenant({ body: { name: 'late-payers' }, secretHash, context: context('create') }),
  );
  await requestRun();
  await bus.execute(new SuspendTenant({ body: { reason: null }, context: context('suspend') }));
  await executeRun(parts(), { tenantId, runId, attempt: 1 });
  const types: string[] = [];
  let last: object = {};
  for await (const { type, data } of store.readStream(streamName('run', tenantId, runId))) {
    types.push(type);
    last = data;
  }
  expect(types).toEqual(['RunRequested', 'RunCompleted']);
  expect(last).toMatchObject({ status: 'cancelled', reason: 'tenant-suspended' });
});

import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { openTenantBlobs, retentionOf } from '@stemma/blob-store';
import {
  COMMAND_SHELL,
  CommandsModule,
  type CommandShell,
  openKeyring,
  openTenants,
  type TermsOf,
  termsIn,
} from '@stemma/commands';
import { type Config, ConfigError, readConfig, showConfig } from '@stemma/config';
import { upcasters } from '@stemma/domain/events';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import {
  createLogger,
  createProcessMetrics,
  type Logger,
  nestLogger,
  RELEASE,
  serveHealth,
  whenAskedToStop,
} from '@stemma/observability';
import {
  findBlobUses,
  listTenantsWithRuns,
  listUnfinishedRuns,
  runs,
  unfinishedRuns,
} from '@stemma/projections/runs';
import { listPrunePolicies, scripts } from '@stemma/projections/scripts';
import { listPrunedContents, type PrunedPage, versions } from '@stemma/projections/versions';
import { openReadModel, type ReadModel } from '@stemma/read-model';
import { openDockerRunner } from '@stemma/runner';
import path from 'node:path';
import { briefly } from './brief-terms.js';
import { openHeardStates } from './heard-states.js';
import { knowLog } from './know-log.js';
import { poolOptions } from './pool-options.js';
import { prepareRuntimes } from './prepare-runtimes.js';
import { startWorker } from './start-worker.js';
import { keepSweeping } from './sweep-blobs.js';
import { identifyWorker } from './worker-identity.js';

async function main(): Promise<void> {
  const config = readConfig(process.env, ['eventstoreUrl', 'databaseUrl', 'redisUrl']);
  const log = createLogger({ name: 'worker', level: config.logLevel });
  log.info({ settings: showConfig(config), release: RELEASE }, 'starting');
  const store = connectEventStore({
    url: config.eventstoreUrl,
    upcasters,
    log: (message, fields) => log.warn(fields, message),
  });
  const readModel = await openReadModel({ databaseUrl: config.databaseUrl, log });
  const identity = identifyWorker();
  const installId = await knowLog(store, log);
  const runner = openRunner(config, { installId, workerId: identity.id });
  const { termsOf, ...following } = followingTenants(store);
  const app = await openCommands(store, termsOf, log);
  const metrics = createProcessMetrics('worker');
  const blobs = openTenantBlobs({ directory: path.join(config.stateDir, 'blobs'), url: config.blobsUrl });
  const worker = await startWorker({
    identity,
    metrics,
    bus: app.get(CommandBus),
    shell: app.get<CommandShell>(COMMAND_SHELL),
    ...following,
    store,
    runner,
    blobs,
    keyring: await openKeyring(config),
    redisUrl: config.redisUrl,
    ...readingFrom(readModel),
    ...pacing(config),
    log,
  });
  const sweeping = keepSweeping({
    ...retaining(readModel),
    blobs,
    retention: retentionOf(config.keepDays),
    clock: () => new Date(),
    log,
  });
  const health = await serveHealth({
    host: config.host,
    port: config.workerPort,
    health: () => ({ ready: true, body: { status: 'ready', workerId: identity.id } }),
    metrics,
    metricsToken: config.metricsToken,
  });
  whenAskedToStop(log, async () => {
    await sweeping.stop();
    await worker.stop();
    await health.close();
    await app.close();
    await readModel.close();
    await store.close();
  });
  process.stdout.write(
    `${JSON.stringify({ ready: 'worker', url: health.url, id: identity.id, pid: process.pid })}\n`,
  );
  log.info({ workerId: identity.id, url: health.url }, 'working');
  await prepareRuntimes(runner, log);
}

/** Tenants as the worker's subscription tells of them. */
function followingTenants(store: EventStore) {
  const [heard, tenants] = [openHeardStates(), openTenants(store)];
  return { heard, tenants, termsOf: briefly(termsIn((stream) => heard.load(tenants, stream))) };
}

const openCommands = (store: EventStore, termsOf: TermsOf, log: Logger) =>
  NestFactory.createApplicationContext(CommandsModule.register({ store, release: RELEASE, termsOf }), {
    logger: nestLogger(log),
  });

const openRunner = (config: Config, owner: { readonly installId: string; readonly workerId: string }) =>
  openDockerRunner({
    ...owner,
    ...(config.dockerHost !== undefined && { dockerHost: config.dockerHost }),
    ...(config.engineRuntime !== undefined && { engineRuntime: config.engineRuntime }),
    pool: poolOptions(config),
  });

/** How much at a time, and how often. */
const pacing = (config: Config) => ({
  sweepMs: config.sweepSeconds * 1000,
  concurrency: config.workerConcurrency,
  perTenant: config.runsPerTenant,
  maxAttempts: config.runAttempts,
  reconcileMs: config.reconcileSeconds * 1000,
});

/** What is known of the runs that name bytes. */
const retaining = (readModel: ReadModel) => ({
  listTenants: async () =>
    (await readModel.readAllTenants({ projections: [runs] }, (db) => listTenantsWithRuns(db))).value,
  findBlobUses: async (tenantId: string, sha256s: readonly string[]) => {
    const read = { tenantId, projections: [runs] };
    const { value, parked } = await readModel.read(read, (db) => findBlobUses(db, { tenantId, sha256s }));
    return parked.length === 0 ? value : undefined;
  },
});

/** What passes look for: rows of all tenants. */
const readingFrom = (readModel: ReadModel) => ({
  listUnfinished: () =>
    unfinishedRuns(
      async (page) =>
        (await readModel.readAllTenants({ projections: [runs] }, (db) => listUnfinishedRuns(db, page))).value,
    ),
  listPruned: async (page: PrunedPage) =>
    (await readModel.readAllTenants({ projections: [versions] }, (db) => listPrunedContents(db, page))).value,
  listPolicies: async () =>
    (await readModel.readAllTenants({ projections: [scripts] }, (db) => listPrunePolicies(db))).value,
});

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});

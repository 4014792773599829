import { openDirectoryBlobStore } from '@stemma/blob-store';
import { LOCAL_TENANT_ID } from '@stemma/commands';
import { judgeRunHistories, type RunEvent } from '@stemma/domain';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { ensureLog } from '@stemma/read-model';
import { openDockerRunner, type Runner } from '@stemma/runner';
import { eventually, type OwnDocker, type OwnProcess, startOwnDocker } from '@stemma/testing';
import { expect } from '@jest/globals';
import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { type Gate, startGate } from './gate.fixtures.js';
import { type RunSystem, startRunSystem } from './runs.fixtures.js';

/** A system whose workers reach engine, log, Postgres and Redis through gates, and a judge of what is left behind. */
export interface FaultyScene {
  readonly runs: RunSystem;
  readonly gates: Readonly<Record<'engine' | 'log' | 'postgres' | 'redis', Gate>>;
  /** Behind its gate. Nothing else runs in it. */
  readonly engine: OwnDocker;
  readonly startWorker: (env?: NodeJS.ProcessEnv) => Promise<OwnProcess>;
  /** So many containers that were started ahead wait, and their worker has said so. */
  readonly areWaiting: (count: number) => Promise<unknown>;
  readonly isRunning: (runId: string) => Promise<unknown>;
  /** A worker has begun to store what a run writes. */
  readonly isStoring: () => Promise<unknown>;
  /** Each of them ends, once, and no container is left, nor a shim or a mount of one. */
  readonly expectOneEndEach: (runIds: readonly string[]) => Promise<void>;
  readonly noContainer: () => Promise<unknown>;
  readonly expectNothingLeftTomorrow: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const hash = /^[0-9a-f]{64}$/;

export async function startFaultyScene(): Promise<FaultyScene> {
  const engine = await startOwnDocker();
  const runs = await startRunSystem({ DOCKER_HOST: engine.url });
  const [toEngine, log, postgres, redis] = await Promise.all([
    startGate(engine.url),
    startGate(runs.system.log.url),
    startGate(runs.system.databaseUrl),
    startGate(runs.system.redis?.url ?? ''),
  ]);
  const store = connectEventStore({ url: runs.system.log.url });
  const runner = openDockerRunner({
    installId: await ensureLog(store, 'spec'),
    workerId: 'spec',
    dockerHost: engine.url,
  });
  // The engine is new: whose first run is looked at must not wait for the image.
  await runner.sandboxOf('node');
  const noContainer = () =>
    eventually(
      async () => [...(await containersOfRuns(runner)), ...engine.remains()],
      (left) => left.length === 0,
    );
  return {
    runs,
    noContainer,
    engine,
    gates: { engine: toEngine, log, postgres, redis },
    areWaiting: (count) =>
      eventually(
        () => runs.call('GET', '/v1/ops/pool', { as: 'admin' }),
        ({ text }) => text.includes(`"ready":${count}`),
      ),
    startWorker: (env = {}) =>
      runs.system.startWorker({
        DOCKER_HOST: toEngine.url,
        EVENTSTORE_URL: log.url,
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        STEMMA_POOL_SIZES: 'node=0',
        // One of the four that a tenant may have in the queue waits there.
        STEMMA_WORKER_CONCURRENCY: '2',
        NODE_OPTIONS: '--inspect-port=0',
        ...env,
      }),
    isRunning: (runId) =>
      eventually(
        () => runs.show(runId),
        ({ status }) => status === 'running',
      ),
    isStoring: () => {
      const incoming = path.join(runs.system.stateDir, 'blobs', LOCAL_TENANT_ID, 'incoming');
      return eventually(
        () => readdir(incoming),
        (files) => files.length > 0,
      );
    },
    expectOneEndEach: async (runIds) => {
      for (const runId of runIds) await runs.ended(runId, 60_000);
      const events = await runEvents(store);
      expect(judgeRunHistories(runIds, events)).toEqual([]);
      await noContainer();
    },
    /** What killed workers had stored is nobody's: it is there, and goes by itself when its day is over. */
    expectNothingLeftTomorrow: async () => {
      const root = path.join(runs.system.stateDir, 'blobs');
      const { half, unnamed } = await leftIn(root, await runEvents(store));
      for (const file of [...half, ...unnamed]) await utimes(file, new Date(0), new Date(0));
      await openDirectoryBlobStore(path.join(root, LOCAL_TENANT_ID));
      await runs.call('POST', '/v1/blobs/sweep', { body: {}, as: 'admin' });
      expect(await leftIn(root, await runEvents(store))).toEqual({ half: [], unnamed: [] });
    },
    stop: async () => {
      await store.close();
      await runs.system.stop();
      for (const gate of [toEngine, log, postgres, redis]) await gate.close();
      await engine.stop();
    },
  };
}

async function runEvents(store: EventStore): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of store.readAll()) {
    if (event.stream.startsWith('run-')) events.push(event as unknown as RunEvent);
  }
  return events;
}

const containersOfRuns = async (runner: Runner): Promise<readonly unknown[]> =>
  (await runner.listContainers()).filter(({ run }) => run !== undefined);

interface Left {
  readonly half: readonly string[];
  readonly unnamed: readonly string[];
}

/** Half-written files, and whole ones that no event names. */
async function leftIn(root: string, events: readonly RunEvent[]): Promise<Left> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  const named = JSON.stringify(events.map(({ data }) => data));
  const isWhole = (file: string): boolean => hash.test(path.basename(file));
  return {
    half: files.filter((file) => !isWhole(file)),
    unnamed: files.filter((file) => isWhole(file) && !named.includes(path.basename(file))),
  };
}

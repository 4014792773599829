import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@stemma/queue';
import { ensureLog } from '@stemma/read-model';
import { openDockerRunner } from '@stemma/runner';
import { eventually, type OwnProcess, startDocker } from '@stemma/testing';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { judgeRunHistories, type RunEvent } from '@stemma/domain';
import { type RunSystem, startRunSystem } from './runs.fixtures.js';

let runs: RunSystem;
let store: EventStore;
let worker: OwnProcess;
let engine: { readonly dockerHost?: string };

beforeAll(async () => {
  runs = await startRunSystem();
  store = connectEventStore({ url: runs.system.log.url });
  worker = await runs.system.startWorker();
  engine = { dockerHost: (await startDocker()).host };
}, 180_000);
afterAll(async () => {
  await store.close();
  await runs.system.stop();
}, 60_000);

const slow = `export async function run({ ms }, { log }) {
  log.info('begun');
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { waited: ms };
}`;

const isRunning = (runId: string) =>
  eventually(
    () => runs.show(runId),
    ({ status }) => status === 'running',
  );

async function expectOneEndEach(runIds: readonly string[]): Promise<void> {
  for (const runId of runIds) await runs.ended(runId, 90_000);
  const events: RunEvent[] = [];
  for await (const event of store.readAll()) {
    if (event.stream.startsWith('run-')) events.push(event as unknown as RunEvent);
  }
  expect(judgeRunHistories(runIds, events)).toEqual([]);
  await eventually(containersOfRuns, (left) => left.length === 0, 30_000);
}

describe('whatever breaks, every accepted run ends exactly once', () => {
  it('Q1 an emptied Redis, with runs waiting and one active', async () => {
    const slug = await runs.publish('node', slow);
    const runIds = [];
    for (let index = 0; index < 8; index += 1) runIds.push(await runs.request(slug, { input: { ms: 1500 } }));
    await isRunning(runIds[0] ?? '');
    await flush();
    await expectOneEndEach(runIds);
  }, 120_000);

  it('Redis killed, and back', async () => {
    const slug = await runs.publish('node', slow);
    const active = await runs.request(slug, { input: { ms: 2000 } });
    await isRunning(active);
    await runs.system.redis?.crash();
    const meanwhile = await runs.request(slug, { input: { ms: 10 } });
    await runs.system.redis?.restart();
    await expectOneEndEach([active, meanwhile]);
  }, 120_000);

  it('D1 T13 a worker killed while its container runs: the container goes, and the next attempt counts', async () => {
    const slug = await runs.publish('node', slow);
    const runId = await runs.request(slug, { input: { ms: 4000 } });
    await isRunning(runId);
    await worker.end('SIGKILL');
    worker = await runs.system.startWorker();
    await expectOneEndEach([runId]);
    expect(await runs.show(runId)).toMatchObject({
      status: 'completed',
      attempt: 2,
      output: { value: { waited: 4000 } },
    });
  }, 120_000);

  it('a worker killed before it has begun', async () => {
    const slug = await runs.publish('node', slow);
    await worker.end('SIGKILL');
    const runId = await runs.request(slug, { input: { ms: 10 } });
    worker = await runs.system.startWorker();
    await expectOneEndEach([runId]);
  }, 120_000);

  it('a worker that is asked to stop leaves its run to the next one', async () => {
    const slug = await runs.publish('node', slow);
    const runId = await runs.request(slug, { input: { ms: 3000 } });
    await isRunning(runId);
    await worker.end('SIGTERM');
    expect(await runs.show(runId)).toMatchObject({ status: 'running' });
    worker = await runs.system.startWorker();
    await expectOneEndEach([runId]);
    expect(await runs.show(runId)).toMatchObject({ status: 'completed', attempt: 2 });
  }, 120_000);

  it('Q2 a worker frozen past its lock, then awake again: one of the two attempts counts', async () => {
    const slug = await runs.publish('node', slow);
    const runId = await runs.request(slug, { input: { ms: 6000 } });
    await isRunning(runId);
    worker.send('SIGSTOP');
    const second = await runs.system.startWorker();
    await eventually(
      () => runs.show(runId),
      ({ attempt, status }) => attempt === 2 || status === 'completed',
      60_000,
    );
    worker.send('SIGCONT');
    await expectOneEndEach([runId]);
    await second.end();
  }, 180_000);
});

/** Runs that still have a container on the engine, of this installation. */
async function containersOfRuns(): Promise<readonly unknown[]> {
  const runner = openDockerRunner({ installId: await ensureLog(store, 'spec'), workerId: 'spec', ...engine });
  return (await runner.listContainers()).filter(({ run }) => run !== undefined);
}

async function flush(): Promise<void> {
  const redis = connectRedis({ url: runs.system.redis?.url ?? '', onFault: () => undefined });
  await eventually(
    () => redis.flushall(),
    (said) => said === 'OK',
  );
  redis.disconnect();
}

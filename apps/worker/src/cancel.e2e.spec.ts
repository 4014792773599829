import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureLog } from '@stemma/read-model';
import { openDockerRunner, type Runner } from '@stemma/runner';
import { connectEventStore, type EventStore } from '@stemma/event-store';
import { eventually, startDocker } from '@stemma/testing';
import { type Gate, startGate } from './gate.fixtures.js';
import { type RunSystem, startRunSystem } from './runs.fixtures.js';

let runs: RunSystem;
let engine: Gate;
let store: EventStore;
let runner: Runner;

beforeAll(async () => {
  const { host } = await startDocker();
  [runs, engine] = await Promise.all([startRunSystem(), startGate(host)]);
  await runs.system.startWorker({
    DOCKER_HOST: engine.url,
    STEMMA_POOL_SIZES: 'node=0',
    STEMMA_RUNS_PER_TENANT: '1',
  });
  store = connectEventStore({ url: runs.system.log.url });
  const installId = await ensureLog(store, 'spec');
  runner = openDockerRunner({ installId, workerId: 'spec', dockerHost: host });
}, 180_000);
afterAll(async () => {
  await store.close();
  await runs.system.stop();
  await engine.close();
}, 60_000);

const stubborn = `process.on('SIGTERM', () => {});
export const run = (input, { log }) => { log.info('begun'); return new Promise(() => setInterval(() => {}, 1000)); };`;

const isRunning = (runId: string) =>
  eventually(
    () => runs.show(runId),
    ({ status }) => status === 'running',
  );

/** Cancels, waits for the answer, and looks at once whether it is true. */
async function cancelled(runId: string): Promise<{ readonly ms: number; readonly left: number }> {
  const asked = performance.now();
  const { body } = await runs.call('POST', `/v1/runs/${runId}/cancel?wait=15`, { body: {} });
  const left = (await runner.listContainers()).filter(({ run }) => run?.runId === runId).length;
  expect(body).toMatchObject({ runId, status: 'cancelled' });
  expect(await runs.show(runId)).toMatchObject({ status: 'cancelled', output: null });
  return { ms: performance.now() - asked, left };
}

describe('a cancel is a fact when its answer says so: no container is left', () => {
  it('Q4 D9 from another process: of a run that waits, and of one that runs and ignores SIGTERM, within two seconds', async () => {
    const slug = await runs.publish('node', stubborn);
    const [running, queued] = [await runs.request(slug), await runs.request(slug)];
    await isRunning(running);
    expect(await runs.show(queued)).toMatchObject({ status: 'pending', attempt: 0 });
    expect(await cancelled(queued)).toMatchObject({ left: 0 });
    const { ms, left } = await cancelled(running);
    expect(left).toBe(0);
    expect(ms).toBeLessThan(2_000);
    expect((await runs.show(queued)).attempts).toEqual([]);
  });

  it('of a run whose container is being made', async () => {
    const slug = await runs.publish('node', stubborn);
    const made = engine.hold(/\/containers\/[^/]+\/start/);
    const runId = await runs.request(slug);
    await made;
    const early = await runs.call('POST', `/v1/runs/${runId}/cancel?wait=1`, { body: {} });
    expect(early.body).toMatchObject({ status: 'cancelling' });
    engine.release();
    const late = await runs.call('POST', `/v1/runs/${runId}/cancel?wait=15`, { body: {} });
    expect(late.body).toMatchObject({ changed: false, status: 'cancelled' });
    await eventually(
      () => runner.listContainers(),
      (containers) => containers.length === 0,
      2_000,
    );
    expect(await runs.show(runId)).toMatchObject({ status: 'cancelled', attempts: [] });
  });

  it('of a run whose script is done and whose container is being put away', async () => {
    const slug = await runs.publish('node', 'export const run = () => 1;');
    const putAway = engine.hold(/^DELETE /);
    const runId = await runs.request(slug);
    await putAway;
    const cancel = cancelled(runId);
    await eventually(
      () => runs.show(runId),
      (run) => run.cancelRequested,
    );
    engine.release();
    expect(await cancel).toMatchObject({ left: 0 });
  });
});

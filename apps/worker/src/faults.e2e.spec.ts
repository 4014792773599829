import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@stemma/queue';
import { eventually, type OwnProcess } from '@stemma/testing';
import { type FaultyScene, startFaultyScene } from './faults.fixtures.js';

let scene: FaultyScene;
let worker: OwnProcess;

beforeAll(async () => {
  scene = await startFaultyScene();
  worker = await scene.startWorker();
  await scene.runs.call('PUT', '/v1/secrets/TOKEN', { body: { value: 'what nobody says' }, as: 'admin' });
  slug = await scene.runs.publish('node', slow, { settings: { secrets: ['TOKEN'] } });
}, 180_000);
afterAll(() => scene.stop(), 60_000);

const slow = `export async function run({ ms }, { log }) {
  log.info('begun');
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { waited: ms };
}`;
const failsOnce = `export function run(input, { attempt }) { if (attempt === 1) throw new Error('the first'); return attempt; }`;
const again = (backoffSeconds: number) => ({ settings: { retries: { max: 1, backoffSeconds } } });
/** Writes for long the first time: half of it is on its way into the store meanwhile. */
const writesSlowly = `export function run(input, { attempt, writeArtifact }) {
  return writeArtifact('out.txt', (async function* () {
    yield 'one half';
    if (attempt === 1) await new Promise((resolve) => setTimeout(resolve, 60_000));
    yield ' and the other';
  })());
}`;

let slug = '';
const request = (ms: number): Promise<string> => scene.runs.request(slug, { input: { ms } });

/** Each step of a run, by what the worker asks for then: it is killed while that stands at the gate. */
const steps: readonly (readonly [when: string, place: keyof FaultyScene['gates'], what: RegExp])[] = [
  ['before it knows what to run', 'log', /content-/],
  ['before its container is made', 'engine', /^POST \S*\/containers\/create/],
  ['before its container is started', 'engine', /^POST \S*\/containers\/\w+\/start/],
  ['before its start is in the log', 'log', /RunStarted/],
  ['before it has the secrets', 'log', /secret-/],
  ['before its container is removed', 'engine', /^DELETE \S*\/containers\//],
  ['before its end is in the log', 'log', /RunCompleted/],
  ['before its followers and the queue know of its end', 'redis', /log-news\r\n\$36\r\n/],
];

async function dies(): Promise<void> {
  await worker.end('SIGKILL');
  Object.values(scene.gates).forEach((gate) => gate.drop());
  worker = await scene.startWorker();
}

describe('whatever breaks, every accepted run ends exactly once', () => {
  it.each(steps)(
    'a worker killed in a run, %s',
    async (_when, place, what) => {
      const held = scene.gates[place].hold(what);
      const runId = await request(10);
      await held;
      await dies();
      await scene.expectOneEndEach([runId]);
      expect(await scene.runs.show(runId)).toMatchObject({ status: 'completed' });
    },
    120_000,
  );

  it('a worker killed while it stores what a run writes: the next attempt writes all of it', async () => {
    const runId = await scene.runs.request(await scene.runs.publish('node', writesSlowly));
    await scene.isStoring();
    await dies();
    await scene.expectOneEndEach([runId]);
    expect(await scene.runs.show(runId)).toMatchObject({
      ...{ status: 'completed', attempt: 2 },
      artifacts: [{ name: 'out.txt', size: 'one half and the other'.length }],
    });
  }, 120_000);

  it('a worker killed before the failure of an attempt is in the log, and one in the pause after it', async () => {
    const held = scene.gates.log.hold(/RunAttemptFailed/);
    const unsaid = await scene.runs.request(await scene.runs.publish('node', failsOnce, again(0.1)));
    await held;
    await dies();
    await scene.runs.ended(unsaid, 60_000);
    const pausing = await scene.runs.request(await scene.runs.publish('node', failsOnce, again(2)));
    await eventually(
      () => scene.runs.show(pausing),
      ({ failures }) => failures === 1,
    );
    await dies();
    await scene.expectOneEndEach([unsaid, pausing]);
    for (const [runId, failures] of [
      [unsaid, 0],
      [pausing, 1],
    ] as const)
      expect(await scene.runs.show(runId)).toMatchObject({ status: 'completed', attempt: 2, failures });
  }, 120_000);

  it('a worker killed before the end of a cancelled run is in the log: it ends as cancelled', async () => {
    const runId = await request(60_000);
    await scene.isRunning(runId);
    const held = scene.gates.log.hold(/RunCompleted/);
    await scene.runs.call('POST', `/v1/runs/${runId}/cancel`, { body: {} });
    await held;
    await dies();
    await scene.expectOneEndEach([runId]);
    expect(await scene.runs.show(runId)).toMatchObject({ status: 'cancelled', attempt: 1 });
  }, 120_000);

  it('D1 T13 a worker killed while its container runs: the container goes, and the next attempt counts', async () => {
    const runId = await request(2_000);
    await scene.isRunning(runId);
    await dies();
    await scene.expectOneEndEach([runId]);
    expect(await scene.runs.show(runId)).toMatchObject({ attempt: 2, output: { value: { waited: 2_000 } } });
  }, 120_000);

  it('a run that a worker begins before its job is in the queue, and one with which it is killed then', async () => {
    await worker.end('SIGTERM');
    worker = await scene.startWorker({ STEMMA_POOL_SIZES: 'node=2' });
    await scene.areWaiting(2);
    const itsJob = /"attempt":1/;
    void scene.gates.redis.hold(itsJob);
    const early = await request(10);
    expect(await scene.runs.ended(early)).toMatchObject({ status: 'completed', attempts: [{ warm: true }] });
    scene.gates.redis.release();
    void scene.gates.redis.hold(itsJob);
    const held = scene.gates.log.hold(/RunStarted/);
    const lost = await request(10);
    await held;
    await dies();
    await scene.expectOneEndEach([early, lost]);
    expect(await scene.runs.show(lost)).toMatchObject({ status: 'completed' });
  }, 120_000);

  it('a worker that is asked to stop, and none when a run is asked for: the next one goes on', async () => {
    const running = await request(2_000);
    await scene.isRunning(running);
    await worker.end('SIGTERM');
    expect(await scene.runs.show(running)).toMatchObject({ status: 'running' });
    const waiting = await request(10);
    worker = await scene.startWorker();
    await scene.expectOneEndEach([running, waiting]);
    expect(await scene.runs.show(running)).toMatchObject({ status: 'completed', attempt: 2 });
  }, 120_000);

  it('Q1 an emptied Redis, with runs active, waiting there, waiting for their turn, and in the pause before a retry', async () => {
    const failed = await scene.runs.request(await scene.runs.publish('node', failsOnce, again(1)));
    const runIds = [failed];
    for (let index = 0; index < 6; index += 1) runIds.push(await request(700));
    await eventually(
      () => scene.runs.show(failed),
      ({ failures }) => failures === 1,
    );
    await flush();
    await scene.expectOneEndEach(runIds);
    expect(await scene.runs.show(failed)).toMatchObject({ status: 'completed', attempt: 2 });
  }, 120_000);

  it('Redis killed, and back', async () => {
    const active = await request(1_000);
    await scene.isRunning(active);
    await scene.runs.system.redis?.crash();
    const meanwhile = await request(10);
    await scene.runs.system.redis?.restart();
    await scene.expectOneEndEach([active, meanwhile]);
  }, 120_000);

  it.each([
    ['asked to stop', 'halt'],
    ['killed', 'crash'],
  ] as const)(
    'D1 the engine %s in a run, and started again: no container outlives it for long',
    async (_how, way) => {
      const before = worker.logged().length;
      const active = await request(1_500);
      await scene.isRunning(active);
      expect(scene.engine.remains()).not.toEqual([]);
      await scene.engine[way]();
      const meanwhile = await request(10);
      await eventually(worker.logged, (words) => words.slice(before).includes('engine is away'));
      await scene.engine.restart();
      await scene.expectOneEndEach([active, meanwhile]);
      expect(await scene.runs.show(active)).toMatchObject({ status: 'completed', attempt: 2 });
    },
    120_000,
  );

  it('Postgres away: runs go on, and what Redis lost meanwhile comes back with it', async () => {
    scene.gates.postgres.shut(true);
    await scene.expectOneEndEach([await request(10)]);
    const runIds = [];
    for (let index = 0; index < 5; index += 1) runIds.push(await request(500));
    await flush();
    scene.gates.postgres.shut(false);
    await scene.expectOneEndEach(runIds);
  }, 120_000);

  it('the event node away, while a run goes on and ends', async () => {
    const active = await request(500);
    await scene.isRunning(active);
    await scene.runs.system.log.stop();
    await scene.noContainer();
    await scene.runs.system.log.start();
    const later = await eventually(
      () => request(10),
      () => true,
    );
    await scene.expectOneEndEach([active, later]);
  }, 120_000);

  it('Q2 a worker frozen past its lock, then awake again, and one whose event loop is blocked: one attempt of each counts', async () => {
    const frozen = await request(1_000);
    await scene.isRunning(frozen);
    worker.send('SIGSTOP');
    const second = await scene.startWorker();
    const blocked = await request(1_000);
    await scene.isRunning(blocked);
    await blockLoop(second, 30_000);
    const third = await scene.startWorker();
    for (const runId of [frozen, blocked]) {
      await eventually(
        () => scene.runs.show(runId),
        ({ attempt }) => attempt === 2,
        60_000,
      );
    }
    worker.send('SIGCONT');
    await scene.expectOneEndEach([frozen, blocked]);
    await Promise.all([worker, second, third].map((one) => one.end('SIGKILL')));
  }, 180_000);

  it('and what killed workers have left in the blob store is nobody’s, and goes', () =>
    scene.expectNothingLeftTomorrow());
});

async function flush(): Promise<void> {
  const redis = connectRedis({ url: scene.runs.system.redis?.url ?? '', onFault: () => undefined });
  await eventually(
    () => redis.flushall(),
    (said) => said === 'OK',
  );
  redis.disconnect();
}

/** Keeps the process busy from within, as an endless loop in it would. */
async function blockLoop(process: OwnProcess, ms: number): Promise<void> {
  process.send('SIGUSR1');
  const words = await eventually(process.logged, (said) => /ws:\/\/\S+/.test(said));
  const inspector = new WebSocket(/ws:\/\/\S+/.exec(words)?.[0] ?? '');
  await new Promise((resolve) => inspector.addEventListener('open', resolve, { once: true }));
  const expression = `const until = Date.now() + ${ms}; while (Date.now() < until);`;
  inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
  inspector.close();
}

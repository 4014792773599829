import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, startDocker } from '@stemma/testing';
import { randomUUID } from 'node:crypto';
import { connectDocker } from './engine/connect-docker.js';
import { startEngineProxy } from './engine-proxy.fixtures.js';
import { processesOf } from './host-traces.fixtures.js';
import { defaultLimits } from './index.js';
import type { PoolOptions, PoolState, Runner, RunStart } from './index.js';
import { openTestRunner, runIn } from './runner.fixtures.js';

jest.setTimeout(90_000);
const source = 'export const run = (input) => input';
const quick = { ...defaultLimits, timeoutMs: 20_000 };

/** The pools of this spec fill beside each other. */
const runners: Runner[] = [];
afterAll(() => Promise.all(runners.map((runner) => runner.close())));

async function openPooled(pool: Partial<PoolOptions> = {}, dockerHost?: string): Promise<Runner> {
  const options = { sizes: { node: 1 }, limits: quick, maxAgeMs: 60_000, ...pool };
  const runner = await openTestRunner({ pool: options, ...(dockerHost === undefined ? {} : { dockerHost }) });
  runners.push(runner);
  return runner;
}

const stateOf = (runner: Runner): PoolState | undefined => runner.poolState()[0];
const filled = (runner: Runner): Promise<unknown> =>
  eventually(
    () => runner.poolState(),
    (states) => states.every(({ ready, target }) => ready === target),
    40_000,
  );

async function runOn(runner: Runner, wanted: Partial<Parameters<typeof runIn>[1]> = {}) {
  const starts: RunStart[] = [];
  const { outcome } = await runIn(
    runner,
    { runtime: 'node', source, input: 'hello', ...wanted },
    { onStarted: (start) => void starts.push(start) },
  );
  return { outcome, start: starts[0] };
}

/** Stops every process of a container but its first, which cannot be stopped from within. */
async function freeze(containerId: string): Promise<void> {
  const container = connectDocker((await startDocker()).host).getContainer(containerId);
  const stop = await container.exec({ Cmd: ['/bin/sh', '-c', 'kill -STOP -1'], AttachStdout: true });
  (await stop.start({})).resume();
  await eventually(
    () => stop.inspect(),
    ({ Running }) => !Running,
  );
}

describe('the warm pool', () => {
  it.concurrent(
    'gives a run a container that was started ahead, under the name of its attempt, and starts another',
    async () => {
      const runner = await openPooled({ sizes: { node: 2 } });
      await filled(runner);
      const waiting = await runner.listContainers();
      expect(waiting).toHaveLength(2);
      expect(waiting.every(({ run, state }) => run === undefined && state === 'running')).toBe(true);
      const runId = randomUUID();
      const held = runIn(runner, {
        runtime: 'node',
        source: 'export const run = () => new Promise((r) => setTimeout(r, 500))',
        runId,
      });
      const named = await eventually(
        () => runner.listContainers(),
        (containers) => containers.some(({ run }) => run?.runId === runId),
      );
      expect(waiting.map(({ id }) => id)).toContain(named.find(({ run }) => run?.runId === runId)?.id);
      expect((await held).outcome).toMatchObject({ status: 'completed', durations: { createMs: 0 } });
      await filled(runner);
      expect(stateOf(runner)).toMatchObject({ hits: 1, misses: 0, fault: null });
    },
  );

  it.concurrent('never gives one container to two runs, and starts cold when it is empty', async () => {
    const runner = await openPooled({ sizes: { node: 2 } });
    await filled(runner);
    const runs = await Promise.all(Array.from({ length: 4 }, () => runOn(runner)));
    expect(runs.every(({ outcome }) => outcome.status === 'completed' && outcome.output === 'hello')).toBe(
      true,
    );
    expect(new Set(runs.map(({ start }) => start?.containerId)).size).toBe(4);
    expect(runs.filter(({ start }) => start?.warm === true)).toHaveLength(2);
    expect(stateOf(runner)).toMatchObject({ hits: 2, misses: 2 });
  });

  it.concurrent('is for its own class: a run with more memory starts cold', async () => {
    const runner = await openPooled();
    await filled(runner);
    const { outcome, start } = await runOn(runner, { limits: { memoryMb: 300 } });
    expect([outcome.status, start?.warm]).toEqual(['completed', false]);
    expect(stateOf(runner)).toMatchObject({ ready: 1, hits: 0, misses: 0 });
  });

  it.concurrent('serves every runtime, with all that a cold container keeps out or in', async () => {
    const runner = await openPooled({ sizes: { node: 1, python: 1, shell: 1 } });
    await filled(runner);
    const node = await runOn(runner, {
      source: 'import fs from "node:fs"; export const run = () => fs.readdirSync("/tmp")',
    });
    const python = await runOn(runner, {
      runtime: 'python',
      source: 'import os\nasync def run(i, c): return os.listdir("/tmp")',
    });
    const shell = await runOn(runner, {
      runtime: 'shell',
      source: 'ls -A /tmp | grep -v "^run$"; echo \'["run"]\' > "$STEMMA_RESULT"',
    });
    for (const { outcome, start } of [node, python]) {
      expect([outcome.output, start?.warm]).toEqual([expect.arrayContaining(['run']), true]);
      expect((outcome.output as string[]).filter((name) => /warm|input/.test(name))).toEqual([]);
    }
    expect([shell.outcome.output, shell.start?.warm]).toEqual([['run'], true]);
  });

  it.concurrent('notices a container that has died and replaces it', async () => {
    const runner = await openPooled();
    await filled(runner);
    const [first] = await runner.listContainers();
    await connectDocker((await startDocker()).host)
      .getContainer(first?.id ?? '')
      .kill();
    const [second] = await eventually(
      () => runner.listContainers(),
      (containers) => containers.length === 1 && containers[0]?.id !== first?.id,
      40_000,
    );
    await filled(runner);
    expect((await runOn(runner)).start).toMatchObject({ containerId: second?.id, warm: true });
  });

  it.concurrent('replaces a container that has waited too long', async () => {
    const runner = await openPooled({ maxAgeMs: 1_000 });
    await filled(runner);
    const [old] = await runner.listContainers();
    await eventually(
      () => runner.listContainers(),
      (containers) => containers.length === 1 && containers[0]?.id !== old?.id,
      40_000,
    );
    expect(stateOf(runner)).toMatchObject({ hits: 0, misses: 0, fault: null });
  });

  it.concurrent('does not give away a container that no longer answers', async () => {
    const runner = await openPooled();
    await filled(runner);
    const [frozen] = await runner.listContainers();
    await freeze(frozen?.id ?? '');
    const { outcome, start } = await runOn(runner);
    expect(outcome.output).toBe('hello');
    expect(start?.containerId).not.toBe(frozen?.id);
    await eventually(
      () => runner.listContainers(),
      (containers) => containers.every(({ id }) => id !== frozen?.id),
    );
  });

  it.concurrent('asks ahead whether a container is well, and gives none away that is not', async () => {
    const runner = await openPooled({ sizes: { node: 2 } });
    await filled(runner);
    const ids = (await runner.listContainers()).map(({ id }) => id);
    const wanted = { runtime: 'node', limits: quick } as const;
    for (let times = 0; times < 3; times += 1) runner.expect(wanted);
    const asked = await runOn(runner);
    expect([asked.outcome.output, ids.includes(asked.start?.containerId ?? '')]).toEqual(['hello', true]);
    await filled(runner);
    const waiting = (await runner.listContainers()).map(({ id }) => id);
    await Promise.all(waiting.map(freeze));
    for (let times = 0; times < 2; times += 1) runner.expect(wanted);
    await eventually(
      () => runner.listContainers(),
      (containers) => containers.every(({ id }) => !waiting.includes(id)),
    );
    expect((await runOn(runner)).outcome.output).toBe('hello');
  });

  it.concurrent(
    'begins a run while the container is asked, and lets no script into one that does not answer',
    async () => {
      const runner = await openPooled();
      await filled(runner);
      const [frozen] = await runner.listContainers();
      await freeze(frozen?.id ?? '');
      const starts: RunStart[] = [];
      runner.expect({ runtime: 'node', limits: quick });
      const run = runIn(
        runner,
        { runtime: 'node', source },
        { onStarted: (start) => void starts.push(start) },
      );
      await expect(run).rejects.toMatchObject({ code: 'container-lost' });
      expect(starts).toMatchObject([{ containerId: frozen?.id, warm: true }]);
      await eventually(
        () => runner.listContainers(),
        (containers) => containers.every(({ id }) => id !== frozen?.id),
      );
    },
  );

  it.concurrent('is empty when its runner has closed, also when it was just filling', async () => {
    const [full, filling] = [await openPooled(), await openPooled({ sizes: { node: 2 } })];
    await filled(full);
    const ids = (await full.listContainers()).map(({ id }) => id);
    await Promise.all([full.close(), filling.close()]);
    expect(await Promise.all([full.listContainers(), filling.listContainers()])).toEqual([[], []]);
    expect(processesOf(ids)).toEqual([]);
  });

  it.concurrent('D1 ends by itself when its worker is gone', async () => {
    const proxy = await startEngineProxy((await startDocker()).host);
    const runner = await openPooled({}, proxy.host);
    await filled(runner);
    const ids = (await runner.listContainers()).map(({ id }) => id);
    proxy.cut();
    await eventually(
      () => processesOf(ids),
      (pids) => pids.length === 0,
    );
    expect(
      await eventually(
        () => stateOf(runner),
        (state) => (state?.fault ?? null) !== null,
      ),
    ).toMatchObject({ ready: 0 });
    const docker = connectDocker((await startDocker()).host);
    await Promise.all(ids.map((id) => docker.getContainer(id).remove({ force: true })));
    await proxy.close();
  });
});

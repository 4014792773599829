import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, startDocker } from '@stemma/testing';
import type Docker from 'dockerode';
import { randomUUID } from 'node:crypto';
import { connectDocker } from './engine/connect-docker.js';
import { startSandbox } from './engine/sandbox-container.js';
import { startEngineProxy } from './engine-proxy.fixtures.js';
import { processesOf } from './host-traces.fixtures.js';
import { defaultLimits } from './index.js';
import type { Runner } from './index.js';
import { fileOf, memorySink, openTestRunner, runIn, specOf } from './runner.fixtures.js';
import { bootContainer } from './engine/boot-container.js';
import { createBody } from './sandbox/create-body.js';
import { labelsOf } from './sandbox/container-labels.js';
import { harnessCommand } from './sandbox/harness-command.js';

jest.setTimeout(30_000);
let host: string;
let docker: Docker;
let runner: Runner;
let image: string;
const owner = { installId: randomUUID(), workerId: 'worker-1' };
beforeAll(async () => {
  ({ host } = await startDocker());
  docker = connectDocker(host);
  runner = await openTestRunner(owner);
  image = (await runner.sandboxOf('node')).imageDigest;
}, 120_000);
afterAll(() => runner.close());

const loop = 'console.log("in"); export function run() { for (;;); }';
const never = {
  signal: new AbortController().signal,
  sink: memorySink(new Map()),
  onLog: () => undefined,
  onStarted: () => undefined,
};

async function stateOf(id: string): Promise<string> {
  return (await runner.listContainers()).find((container) => container.id === id)?.state ?? 'gone';
}

describe('D1 a container whose worker is gone', () => {
  it.concurrent.each([
    ['node', loop],
    ['python', 'print("in")\ndef run(i, c):\n  while True: pass'],
    ['shell', 'echo in; while :; do :; done'],
  ] as const)(
    'ends by itself, though its script (%s) never looks up; its name and labels tell whose it was',
    async (runtime, source) => {
      const proxy = await startEngineProxy(host);
      const mine = { ...owner, installId: randomUUID() };
      const cutOff = await openTestRunner({ ...mine, dockerHost: proxy.host });
      const reader = await openTestRunner(mine);
      let containerId = '';
      const spec = specOf({ runtime, source, attempt: 2 });
      const run = cutOff.run(spec, {
        ...never,
        onStarted: (start) => void (containerId = start.containerId),
        onLog: () => proxy.cut(),
      });
      await expect(run).rejects.toMatchObject({ code: 'engine-unreachable' });
      await eventually(
        () => reader.listContainers(),
        ([container]) => container?.state === 'exited',
      );
      expect(processesOf([containerId])).toEqual([]);
      expect(await reader.listContainers()).toMatchObject([
        { id: containerId, run: { runId: spec.runId, attempt: 2 }, workerId: 'worker-1', state: 'exited' },
      ]);
      await reader.removeContainer(containerId);
      await reader.removeContainer(containerId);
      expect(await reader.listContainers()).toEqual([]);
      await proxy.close();
    },
  );

  it.concurrent('ends when its time is over, though somebody still holds its input', async () => {
    const command = harnessCommand('node', defaultLimits, { lifeMs: 1_000, warm: false });
    const container = await startSandbox(docker, `stemma-${randomUUID()}-1`, {
      image,
      command,
      limits: defaultLimits,
      labels: labelsOf(owner, 'node'),
    });
    try {
      await bootContainer(container);
      expect(processesOf([container.id])).not.toEqual([]);
      await eventually(
        () => stateOf(container.id),
        (state) => state === 'exited',
        5_000,
      );
    } finally {
      await container.remove();
    }
  });

  it.concurrent('is found in every state, also when it was made and never started', async () => {
    const command = harnessCommand('node', defaultLimits, { lifeMs: 1_000, warm: false });
    const body = createBody({ image, command, limits: defaultLimits, labels: labelsOf(owner, 'node') });
    const { id } = await docker.createContainer({ name: `stemma-${randomUUID()}-1`, ...body });
    expect(await stateOf(id)).toBe('created');
    await runner.removeContainer(id);
    expect(await stateOf(id)).toBe('gone');
  });

  it.concurrent('is left alone by other installations', async () => {
    const stranger = await openTestRunner();
    const id = await new Promise<string>((resolve) => {
      void runner.run(
        specOf({
          runtime: 'node',
          source: 'export const run = () => new Promise((r) => setTimeout(r, 300))',
        }),
        {
          ...never,
          onStarted: ({ containerId }) => resolve(containerId),
        },
      );
    });
    expect(await stateOf(id)).toBe('running');
    expect(await stranger.listContainers()).toEqual([]);
  });
});

describe('D6 the end of a run', () => {
  it.concurrent('is that of its container, which was never asked before its start', async () => {
    const command = ['/bin/sleep', '1'];
    const body = createBody({ image, command, limits: defaultLimits, labels: labelsOf(owner, 'node') });
    const container = await docker.createContainer(body);
    expect(await container.wait()).toMatchObject({ StatusCode: 0 });
    await container.remove();
    const source =
      'export const run = () => new Promise((resolve) => setTimeout(() => resolve("late"), 1000))';
    const { outcome } = await runIn(runner, { runtime: 'node', source });
    expect(outcome).toMatchObject({ status: 'completed', output: 'late' });
    expect(outcome.durations.runMs).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a cancelled run', () => {
  const cancelledIn = async (
    source: string,
    when: (cancel: () => void) => Partial<Parameters<typeof runIn>[2]>,
    files = [fileOf('a', 'b')],
  ): Promise<number> => {
    const controller = new AbortController();
    let cancelledAt = 0;
    let containerId = '';
    const cancel = (): void => {
      cancelledAt = performance.now();
      controller.abort();
    };
    const hooks = { onStarted: (start: { containerId: string }) => void (containerId = start.containerId) };
    const { outcome } = await runIn(
      runner,
      { runtime: 'node', source, files },
      { ...hooks, ...when(cancel), signal: controller.signal },
    );
    const took = performance.now() - cancelledAt;
    expect(outcome).toMatchObject({ status: 'cancelled', reason: 'requested', output: null });
    expect(containerId === '' ? 'gone' : await stateOf(containerId)).toBe('gone');
    return took;
  };

  it.concurrent.each([
    ['while it loops', loop],
    [
      'though it ignores SIGTERM',
      'process.on("SIGTERM", () => {}); export function run() { console.log("in"); return new Promise((r) => setTimeout(r, 1e6)) }',
    ],
    [
      'while it has told its result and will not end',
      'process.on("exit", () => { for (;;); }); export function run() { console.log("in"); setInterval(() => {}, 1); return new Promise(() => {}) }',
    ],
  ])('is gone within 2 s %s', async (_when, source) => {
    expect(await cancelledIn(source, (cancel) => ({ onLog: cancel }))).toBeLessThan(2_000);
  });

  it.concurrent('is gone within 2 s while its artifacts are collected', async () => {
    const source =
      'export async function run(i, c) { for (let n = 0; n < 50; n += 1) await c.writeArtifact("a" + n, Buffer.alloc(1e5)) }';
    const slow = (cancel: () => void) => ({
      open: async (name: string) => {
        if (name === 'a3') cancel();
        return memorySink(new Map()).open(name);
      },
    });
    expect(await cancelledIn(source, (cancel) => ({ sink: slow(cancel) }))).toBeLessThan(2_000);
  });

  it.concurrent(
    'never lets its script in when it is cancelled before or while its container is made',
    async () => {
      const source = 'console.log("in"); export const run = () => 1';
      await cancelledIn(source, (cancel) => (cancel(), {}));
      await cancelledIn(
        source,
        (cancel) => (setTimeout(cancel, 60), { onLog: () => Promise.reject(new Error('it ran')) }),
      );
      await cancelledIn(source, (cancel) => ({
        onStarted: cancel,
        onLog: () => Promise.reject(new Error('it ran')),
      }));
    },
  );
});

describe('the fence at the door', () => {
  it.concurrent('keeps the script out when the start is refused', async () => {
    const refused = new Error('attempt 1 is over');
    const lines: string[] = [];
    const run = runner.run(specOf({ runtime: 'node', source: loop }), {
      ...never,
      onLog: ({ message }) => void lines.push(message),
      onStarted: () => Promise.reject(refused),
    });
    await expect(run).rejects.toBe(refused);
    expect(lines).toEqual([]);
  });

  it.concurrent('lets one attempt have one container', async () => {
    const spec = specOf({
      runtime: 'node',
      source: 'export const run = () => new Promise((r) => setTimeout(() => r(1), 300))',
    });
    const results = await Promise.allSettled([runner.run(spec, never), runner.run(spec, never)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'already-running' },
    });
    expect(await runner.run(spec, never)).toMatchObject({ status: 'completed' });
  });
});

describe("what is not the script's doing", () => {
  it.concurrent('is a lost container when somebody removes it', async () => {
    const run = runner.run(specOf({ runtime: 'node', source: loop }), {
      ...never,
      onStarted: ({ containerId }) => void setTimeout(() => void runner.removeContainer(containerId), 100),
    });
    await expect(run).rejects.toMatchObject({ code: 'container-lost' });
  });

  it.concurrent('is a failed sink when artifacts or logs cannot be stored', async () => {
    const source = 'export async function run(i, c) { await c.writeArtifact("a", "b"); for (;;); }';
    const full = new Error('disk full');
    await expect(
      runner.run(specOf({ runtime: 'node', source }), {
        ...never,
        sink: { open: () => Promise.reject(full) },
      }),
    ).rejects.toMatchObject({ code: 'sink-failed', cause: full });
    await expect(
      runner.run(specOf({ runtime: 'node', source: loop }), { ...never, onLog: () => Promise.reject(full) }),
    ).rejects.toMatchObject({ code: 'sink-failed' });
  });

  it.concurrent(
    'is a refused run when a file is not as long as it claims, and its script stays out',
    async () => {
      const source = 'console.log("in"); export const run = () => 1';
      for (const size of [2, 4]) {
        const files = [{ ...fileOf('a', 'abc'), size }];
        await expect(
          runIn(
            runner,
            { runtime: 'node', source, files },
            { onLog: () => Promise.reject(new Error('it ran')) },
          ),
        ).rejects.toMatchObject({ code: 'spec-refused' });
      }
    },
  );

  it.concurrent('is an engine that cannot be reached, or does not know the runtime', async () => {
    const nowhere = await openTestRunner({ dockerHost: 'unix:///nonexistent/docker.sock' });
    await expect(nowhere.checkEngine()).rejects.toMatchObject({ code: 'engine-unreachable' });
    await expect(nowhere.listContainers()).rejects.toMatchObject({ code: 'engine-unreachable' });
    const unknown = await openTestRunner({ engineRuntime: 'unheard-of' });
    expect((await unknown.checkEngine()).faults).toEqual([expect.stringContaining('unheard-of')]);
    await expect(runIn(unknown, { runtime: 'node', source: loop })).rejects.toMatchObject({
      code: 'engine-unfit',
      message: expect.stringContaining('add it to its daemon.json'),
    });
  });
});

describe('a runner that closes', () => {
  it.concurrent('ends its runs as cancelled and takes no more', async () => {
    const closing = await openTestRunner();
    const { outcome } = await runIn(
      closing,
      { runtime: 'node', source: loop },
      { onLog: () => void closing.close() },
    );
    expect(outcome).toMatchObject({ status: 'cancelled' });
    await expect(runIn(closing, { runtime: 'node', source: loop })).rejects.toMatchObject({ code: 'closed' });
    expect(await closing.listContainers()).toEqual([]);
  });
});

describe('the engine of this machine', () => {
  it('is fit, and nothing of these runs is left on it', async () => {
    expect(await runner.checkEngine()).toMatchObject({ faults: [] });
    await eventually(
      () => runner.listContainers(),
      (containers) => containers.length === 0,
    );
  });
});

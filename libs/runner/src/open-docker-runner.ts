import { randomUUID } from 'node:crypto';
import { checkEngine } from './engine/check-engine.js';
import { connectAnew, connectDocker } from './engine/connect-docker.js';
import { listContainers, removeContainerById } from './engine/list-containers.js';
import type { SandboxContainer } from './engine/sandbox-container.js';
import { becomesReady, startContainer } from './engine/start-container.js';
import { createSandboxes } from './image/sandboxes.js';
import type { SandboxOptions } from './image/sandboxes.js';
import { openWarmPool } from './pool/warm-pool.js';
import type { PoolOptions } from './pool/pool-options.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunSpec, Runtime } from './run-spec.js';
import { runOnce } from './run/run-once.js';
import { RunnerFault } from './runner-fault.js';
import type { RunHooks, Runner } from './runner.js';
import type { Ownership } from './sandbox/container-labels.js';
import { warmNameOf } from './sandbox/container-name.js';

export interface DockerRunnerOptions extends Ownership, SandboxOptions {
  /** `unix:///…`, `tcp://…` or `https://…`; default: the usual socket. */
  readonly dockerHost?: string;
  /** Containers to start ahead; default: none. */
  readonly pool?: PoolOptions;
}

const closedFault = (): RunnerFault =>
  new RunnerFault('closed', 'This worker is stopping and takes no more runs.');

/** Never resolves. */
function rejectedBy(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  signal.addEventListener('abort', () => reject(closedFault()), { once: true });
  return promise;
}

/** A runner on a Docker engine. It begins to fill its pool at once; else nothing is asked of the engine before a call. */
export function openDockerRunner(options: DockerRunnerOptions): Runner {
  const { installId, workerId } = options;
  const owner = { installId, workerId };
  const docker = connectDocker(options.dockerHost);
  const anew = connectAnew(options.dockerHost);
  const { sandboxOf, withSandbox } = createSandboxes(docker, options);
  const closing = new AbortController();
  const closed = rejectedBy(closing.signal);
  const running = new Set<Promise<unknown>>();

  async function startWarm(runtime: Runtime, { limits, maxAgeMs }: PoolOptions): Promise<SandboxContainer> {
    // An image may take seconds to look at: nobody who closes waits for that.
    await Promise.race([sandboxOf(runtime), closed]);
    const container = await withSandbox(runtime, (sandbox) => {
      const name = warmNameOf(randomUUID());
      return startContainer(docker, owner, { name, runtime, limits, sandbox, waitMs: maxAgeMs });
    });
    await becomesReady(container);
    return container;
  }

  const { pool: poolOptions } = options;
  const pool =
    poolOptions === undefined
      ? null
      : openWarmPool(poolOptions, (runtime) => startWarm(runtime, poolOptions));

  async function run(spec: RunSpec, hooks: RunHooks): Promise<RunOutcome> {
    if (closing.signal.aborted) throw closedFault();
    const signal = AbortSignal.any([hooks.signal, closing.signal]);
    const going = withSandbox(spec.runtime, (sandbox) =>
      runOnce({ docker, anew, owner, pool }, spec, { ...hooks, signal }, sandbox),
    );
    running.add(going);
    try {
      return await going;
    } finally {
      running.delete(going);
    }
  }

  return Object.freeze({
    checkEngine: () => checkEngine(docker, options.engineRuntime),
    sandboxOf,
    run,
    expect: (spec: Pick<RunSpec, 'runtime' | 'limits'>) => pool?.expect(spec) ?? false,
    listContainers: () => listContainers(docker, installId),
    removeContainer: (id: string) => removeContainerById(docker, id),
    poolState: () => pool?.state() ?? [],
    close: async () => {
      closing.abort();
      await Promise.allSettled([...running, pool?.close()]);
    },
  });
}

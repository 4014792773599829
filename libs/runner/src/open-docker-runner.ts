import { randomUUID } from 'node:crypto';
import { checkEngine } from './engine/check-engine.js';
import { connectDocker } from './engine/connect-docker.js';
import { listContainers, removeContainerById } from './engine/list-containers.js';
import type { SandboxContainer } from './engine/sandbox-container.js';
import { createContainer, isReady } from './engine/start-container.js';
import { ensureHostImage } from './image/ensure-image.js';
import type { HostPrograms } from './image/ensure-image.js';
import { createImageCache } from './image/image-cache.js';
import { imageOfRuntime } from './image/runner-image.js';
import { openWarmPool } from './pool/warm-pool.js';
import type { PoolOptions } from './pool/pool-options.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunSpec, Runtime } from './run-spec.js';
import { runOnce } from './run/run-once.js';
import { RunnerFault } from './runner-fault.js';
import type { RunHooks, Runner, Sandbox } from './runner.js';
import type { Ownership } from './sandbox/container-labels.js';
import { warmNameOf } from './sandbox/container-name.js';
import { seccompHash } from './sandbox/seccomp-profile.js';

export interface DockerRunnerOptions extends Ownership {
  /** `unix:///…`, `tcp://…` or `https://…`; default: the usual socket. */
  readonly dockerHost?: string;
  /** A runtime that the engine knows, such as `runsc`; default: `runc`. */
  readonly engineRuntime?: string;
  /** What goes into the images; default: the running Node and the system's Python. */
  readonly programs?: HostPrograms;
  /** Containers to start ahead; default: none. */
  readonly pool?: PoolOptions;
}

/** A runner on a Docker engine. It begins to fill its pool at once; else nothing is asked of the engine before a call. */
export function openDockerRunner(options: DockerRunnerOptions): Runner {
  const { installId, workerId } = options;
  const owner = { installId, workerId };
  const docker = connectDocker(options.dockerHost);
  const images = createImageCache((name) => ensureHostImage(docker, name, options.programs));
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function sandboxOf(runtime: Runtime): Promise<Sandbox> {
    const imageDigest = await images.digestOf(imageOfRuntime[runtime]);
    return { imageDigest, profile: seccompHash, engineRuntime: options.engineRuntime ?? 'runc' };
  }

  /** An image that somebody removed is made again, once: nothing has entered a container yet. */
  async function withSandbox<T>(runtime: Runtime, use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    try {
      return await use(await sandboxOf(runtime));
    } catch (error) {
      if (!(error instanceof RunnerFault) || error.code !== 'image-unavailable') throw error;
      images.forget(imageOfRuntime[runtime]);
      return use(await sandboxOf(runtime));
    }
  }

  async function startWarm(runtime: Runtime, { limits, maxAgeMs }: PoolOptions): Promise<SandboxContainer> {
    const container = await withSandbox(runtime, (sandbox) => {
      const name = warmNameOf(randomUUID());
      return createContainer(docker, owner, { name, runtime, limits, sandbox, waitMs: maxAgeMs });
    });
    await isReady(container);
    return container;
  }

  const { pool: poolOptions } = options;
  const pool =
    poolOptions === undefined
      ? null
      : openWarmPool(poolOptions, (runtime) => startWarm(runtime, poolOptions));

  async function run(spec: RunSpec, hooks: RunHooks): Promise<RunOutcome> {
    if (closing.signal.aborted)
      throw new RunnerFault('closed', 'This worker is stopping and takes no more runs.');
    const signal = AbortSignal.any([hooks.signal, closing.signal]);
    const going = withSandbox(spec.runtime, (sandbox) =>
      runOnce({ docker, owner, pool }, spec, { ...hooks, signal }, sandbox),
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
    listContainers: () => listContainers(docker, installId),
    removeContainer: (id: string) => removeContainerById(docker, id),
    poolState: () => pool?.state() ?? [],
    close: async () => {
      closing.abort();
      await Promise.allSettled([...running, pool?.close()]);
    },
  });
}

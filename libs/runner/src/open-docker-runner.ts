import type Docker from 'dockerode';
import { connectDocker } from './engine/connect-docker.js';
import { listContainers, removeContainerById } from './engine/list-containers.js';
import { startContainer } from './engine/start-container.js';
import type { Started } from './engine/start-container.js';
import { ensureHostImage } from './image/ensure-image.js';
import type { HostPrograms } from './image/ensure-image.js';
import { createImageCache } from './image/image-cache.js';
import { imageOfRuntime } from './image/runner-image.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunSpec, Runtime } from './run-spec.js';
import { checkSpec } from './run/check-spec.js';
import { runScript } from './run/run-script.js';
import { encodeRun } from './run/send-run.js';
import { RunnerFault } from './runner-fault.js';
import type { RunHooks, Runner, Sandbox } from './runner.js';
import type { Ownership } from './sandbox/container-labels.js';
import { seccompHash } from './sandbox/seccomp-profile.js';

export interface DockerRunnerOptions extends Ownership {
  /** `unix:///…`, `tcp://…` or `https://…`; default: the usual socket. */
  readonly dockerHost?: string;
  /** A runtime that the engine knows, such as `runsc`; default: `runc`. */
  readonly engineRuntime?: string;
  /** What goes into the images; default: the running Node and the system's Python. */
  readonly programs?: HostPrograms;
}

/** A runner on a Docker engine. Nothing is asked of the engine before the first call. */
export function openDockerRunner(options: DockerRunnerOptions): Runner {
  const docker = connectDocker(options.dockerHost);
  const images = createImageCache((name) => ensureHostImage(docker, name, options.programs));
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function sandboxOf(runtime: Runtime): Promise<Sandbox> {
    const imageDigest = await images.digestOf(imageOfRuntime[runtime]);
    return { imageDigest, profile: seccompHash, engineRuntime: options.engineRuntime ?? 'runc' };
  }

  async function run(spec: RunSpec, hooks: RunHooks): Promise<RunOutcome> {
    if (closing.signal.aborted)
      throw new RunnerFault('closed', 'This worker is stopping and takes no more runs.');
    const signal = AbortSignal.any([hooks.signal, closing.signal]);
    const going = runOnce(docker, spec, { ...hooks, signal }, await sandboxOf(spec.runtime), options);
    running.add(going);
    try {
      return await going;
    } finally {
      running.delete(going);
    }
  }

  return Object.freeze({
    sandboxOf,
    run,
    listContainers: () => listContainers(docker, options.installId),
    removeContainer: (id: string) => removeContainerById(docker, id),
    close: async () => {
      closing.abort();
      await Promise.allSettled(running);
    },
  });
}

async function runOnce(
  docker: Docker,
  spec: RunSpec,
  hooks: RunHooks,
  sandbox: Sandbox,
  owner: Ownership,
): Promise<RunOutcome> {
  checkSpec(spec);
  const frame = encodeRun(spec);
  const started = hooks.signal.aborted
    ? null
    : await startContainer(docker, spec, hooks.signal, sandbox, owner);
  if (started === null) return cancelledEarly(sandbox, { createMs: 0, startMs: 0 });
  const { container, durations } = started;
  try {
    await hooks.onStarted({ ...sandbox, containerId: container.id, warm: started.warm });
    if (hooks.signal.aborted) return cancelledEarly(sandbox, durations);
    const { judgement, end, artifacts, runMs } = await runScript(container, spec, frame, hooks);
    const { exitCode, oomKilled } = end;
    const { imageDigest, profile } = sandbox;
    return {
      ...judgement,
      exitCode,
      oomKilled,
      artifacts,
      durations: { ...durations, runMs },
      imageDigest,
      profile,
    };
  } finally {
    // The outcome counts even when the engine goes away now; what it leaves is the reconciler's to remove.
    await container.remove().catch(() => undefined);
  }
}

/** Cancelled before the script entered. */
function cancelledEarly({ imageDigest, profile }: Sandbox, durations: Started['durations']): RunOutcome {
  return {
    ...{ status: 'cancelled', reason: 'requested' },
    ...{ exitCode: null, oomKilled: false, output: null, error: null, artifacts: [] },
    durations: { ...durations, runMs: 0 },
    imageDigest,
    profile,
  };
}

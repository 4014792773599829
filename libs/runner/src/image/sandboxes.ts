import type Docker from 'dockerode';
import { requireFitEngine } from '../engine/require-fit-engine.js';
import type { Runtime } from '../run-spec.js';
import { RunnerFault } from '../runner-fault.js';
import type { Sandbox } from '../runner.js';
import { seccompHash } from '../sandbox/seccomp-profile.js';
import { ensureDockerfileImage } from './dockerfile-image.js';
import type { BaseImages } from './dockerfile-image.js';
import { ensureHostImage } from './ensure-image.js';
import type { HostPrograms } from './ensure-image.js';
import { createImageCache } from './image-cache.js';
import { imageOfRuntime } from './runner-image.js';

export interface SandboxOptions {
  /** A runtime that the engine knows, such as `runsc`; default: `runc`. */
  readonly engineRuntime?: string;
  /** What goes into the images; default: the running Node and the system's Python. */
  readonly programs?: HostPrograms;
  /** Builds the images on these instead (`officialBases`, where a registry can be reached). */
  readonly bases?: BaseImages;
}

export interface Sandboxes {
  readonly sandboxOf: (runtime: Runtime) => Promise<Sandbox>;
  /** Never on an engine that cannot hold a script. An image that somebody removed is made again, once: nothing has entered a container yet. */
  readonly withSandbox: <T>(runtime: Runtime, use: (sandbox: Sandbox) => Promise<T>) => Promise<T>;
}

export function createSandboxes(docker: Docker, options: SandboxOptions): Sandboxes {
  const requireFit = requireFitEngine(docker, options.engineRuntime);
  const { bases, programs, engineRuntime = 'runc' } = options;
  const images = createImageCache((name) =>
    bases === undefined
      ? ensureHostImage(docker, name, programs)
      : ensureDockerfileImage(docker, name, bases[name]),
  );

  async function sandboxOf(runtime: Runtime): Promise<Sandbox> {
    const imageDigest = await images.digestOf(imageOfRuntime[runtime]);
    return { imageDigest, profile: seccompHash, engineRuntime };
  }

  async function withSandbox<T>(runtime: Runtime, use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    await requireFit();
    try {
      return await use(await sandboxOf(runtime));
    } catch (error) {
      if (!(error instanceof RunnerFault) || error.code !== 'image-unavailable') throw error;
      images.forget(imageOfRuntime[runtime]);
      return use(await sandboxOf(runtime));
    }
  }

  return { sandboxOf, withSandbox };
}

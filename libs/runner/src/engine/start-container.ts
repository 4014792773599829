import type Docker from 'dockerode';
import { bootContainer, bootTimeoutMs } from './boot-container.js';
import { graceMs } from '../run/stop-container.js';
import type { RunLimits } from '../run-limits.js';
import type { Runtime } from '../run-spec.js';
import type { Sandbox } from '../runner.js';
import { labelsOf } from '../sandbox/container-labels.js';
import type { Ownership } from '../sandbox/container-labels.js';
import { harnessCommand } from '../sandbox/harness-command.js';
import { startSandbox } from './sandbox-container.js';
import type { SandboxContainer } from './sandbox-container.js';

/** Which container is to be started; all of it is ours to choose. */
export interface ContainerPlan {
  readonly name: string;
  readonly runtime: Runtime;
  readonly limits: RunLimits;
  readonly sandbox: Sandbox;
  /** How long it may have to wait for its script; 0 for one that is given its script at once. */
  readonly waitMs: number;
}

const afterwardsMs = 10_000;

/** A started container whose harness may not be up yet. */
export function startContainer(
  docker: Docker,
  owner: Ownership,
  { name, runtime, limits, sandbox, waitMs }: ContainerPlan,
): Promise<SandboxContainer> {
  const lifeMs = bootTimeoutMs + waitMs + limits.timeoutMs + graceMs + afterwardsMs;
  const { imageDigest, engineRuntime } = sandbox;
  return startSandbox(docker, name, {
    image: imageDigest,
    command: harnessCommand(runtime, limits, { lifeMs, warm: waitMs > 0 }),
    limits,
    labels: labelsOf(owner, runtime),
    ...(engineRuntime === 'runc' ? {} : { engineRuntime }),
  });
}

/** Waits until a container is ready for its script. One that does not become so is removed: false when `signal` was aborted meanwhile. */
export async function becomesReady(container: SandboxContainer, signal?: AbortSignal): Promise<boolean> {
  const give = (): void => container.channel.close();
  signal?.addEventListener('abort', give, { once: true });
  try {
    await bootContainer(container);
    return true;
  } catch (error) {
    await container.remove();
    if (signal?.aborted === true) return false;
    throw error;
  } finally {
    signal?.removeEventListener('abort', give);
  }
}

import type Docker from 'dockerode';
import type { RunDurations } from '../run-outcome.js';
import type { RunSpec } from '../run-spec.js';
import { bootContainer, bootTimeoutMs } from '../run/boot-container.js';
import { graceMs } from '../run/stop-container.js';
import type { Sandbox } from '../runner.js';
import { labelsOf } from '../sandbox/container-labels.js';
import type { Ownership } from '../sandbox/container-labels.js';
import { containerNameOf } from '../sandbox/container-name.js';
import { harnessCommand } from '../sandbox/harness-command.js';
import { startSandbox } from './sandbox-container.js';
import type { SandboxContainer } from './sandbox-container.js';

export interface Started {
  readonly container: SandboxContainer;
  readonly warm: boolean;
  readonly durations: Omit<RunDurations, 'runMs'>;
}

const afterwardsMs = 10_000;

/** A container of its own for this attempt, ready for its script; null when `signal` was aborted meanwhile. */
export async function startContainer(
  docker: Docker,
  { runId, attempt, runtime, limits }: RunSpec,
  signal: AbortSignal,
  { imageDigest, engineRuntime }: Sandbox,
  owner: Ownership,
): Promise<Started | null> {
  const begin = performance.now();
  const lifeMs = bootTimeoutMs + limits.timeoutMs + graceMs + afterwardsMs;
  const container = await startSandbox(docker, containerNameOf({ runId, attempt }), {
    image: imageDigest,
    command: harnessCommand(runtime, limits, lifeMs),
    limits,
    labels: labelsOf(owner, runtime),
    ...(engineRuntime === 'runc' ? {} : { engineRuntime }),
  });
  const started = performance.now();
  const give = (): void => container.channel.close();
  signal.addEventListener('abort', give, { once: true });
  try {
    await bootContainer(container);
  } catch (error) {
    await container.remove();
    if (signal.aborted) return null;
    throw error;
  } finally {
    signal.removeEventListener('abort', give);
  }
  const durations = { createMs: started - begin, startMs: performance.now() - started };
  return { container, warm: false, durations };
}

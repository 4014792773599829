import type Docker from 'dockerode';
import { becomesReady, startContainer } from '../engine/start-container.js';
import type { SandboxContainer } from '../engine/sandbox-container.js';
import type { WarmPool } from '../pool/warm-pool.js';
import type { RunDurations } from '../run-outcome.js';
import type { RunSpec } from '../run-spec.js';
import type { Sandbox } from '../runner.js';
import type { Ownership } from '../sandbox/container-labels.js';
import { containerNameOf } from '../sandbox/container-name.js';

/** A container of its own for one attempt, ready for its script. */
export interface Acquired {
  readonly container: SandboxContainer;
  readonly warm: boolean;
  /** Whether its harness has answered: a container that waited may be asked while its run is being begun. */
  readonly isWell: Promise<boolean>;
  /** Gives it the name of its attempt, unless it was started under it. */
  readonly name: () => Promise<void>;
  readonly durations: Omit<RunDurations, 'runMs'>;
}

export interface Surroundings {
  readonly docker: Docker;
  /** The same engine, on a connection for each call. */
  readonly anew: Docker;
  readonly owner: Ownership;
  readonly pool: WarmPool | null;
}

/** From the pool, or else a new one; null when `signal` was aborted meanwhile. */
export async function acquireContainer(
  surroundings: Surroundings,
  spec: RunSpec,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<Acquired | null> {
  if (signal.aborted) return null;
  return (await takeWarm(surroundings, spec)) ?? (await startCold(surroundings, spec, sandbox, signal));
}

/**
 * It takes the attempt's name when the script is in. Nobody waits for that: what lets one container of an attempt run is
 * the fence in `onStarted`; the name tells the reconciler whose it was, and a taken one ends the run.
 */
async function takeWarm({ pool }: Surroundings, spec: RunSpec): Promise<Acquired | null> {
  const begin = performance.now();
  const taken = (await pool?.take(spec)) ?? null;
  if (taken === null) return null;
  const { container, isWell } = taken;
  const name = (): Promise<void> => container.rename(containerNameOf(spec));
  return {
    container,
    warm: true,
    isWell,
    name,
    durations: { createMs: 0, startMs: performance.now() - begin },
  };
}

async function startCold(
  { docker, owner }: Surroundings,
  spec: RunSpec,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<Acquired | null> {
  const { runtime, limits } = spec;
  const begin = performance.now();
  const plan = { name: containerNameOf(spec), runtime, limits, sandbox, waitMs: 0 };
  const container = await startContainer(docker, owner, plan);
  const started = performance.now();
  if (!(await becomesReady(container, signal))) return null;
  const durations = { createMs: started - begin, startMs: performance.now() - started };
  const isWell = Promise.resolve(true);
  return { container, warm: false, isWell, name: () => Promise.resolve(), durations };
}

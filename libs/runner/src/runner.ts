import type { ArtifactSink } from './artifact-sink.js';
import type { LogEntry } from './log-entry.js';
import type { PoolState } from './pool/pool-options.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunSpec, Runtime, Secrets } from './run-spec.js';

/** What a run's container is made of: recorded in the log before a script runs in it. */
export interface Sandbox {
  /** The image's digest (`sha256:…`), never a tag that could move. */
  readonly imageDigest: string;
  /** Hash of the seccomp profile (`sha256:…`). */
  readonly profile: string;
  /** The engine's runtime: `runc`, `runsc`. */
  readonly engineRuntime: string;
}

/** A container that waits for its script. */
export interface RunStart extends Sandbox {
  readonly containerId: string;
  /** True when the container had been started ahead (warm pool). */
  readonly warm: boolean;
}

export interface RunHooks {
  /** Aborting cancels the run: SIGTERM, then SIGKILL; the container is gone within 2 s. */
  readonly signal: AbortSignal;
  readonly sink: ArtifactSink;
  /** Awaited, so that a slow reader slows the script down instead of filling memory. A rejection ends the run as a `RunnerFault`. */
  readonly onLog: (entry: LogEntry) => void | Promise<void>;
  /**
   * Awaited before a byte of the script enters the container: the place for the fence (StartRun). A rejection removes
   * the container and is what `run` rejects with.
   */
  readonly onStarted: (start: RunStart) => void | Promise<void>;
  /**
   * Asked after `onStarted`, at the last moment before the script enters; absent when there are none. A rejection removes
   * the container and is what `run` rejects with.
   */
  readonly openSecrets?: () => Promise<Secrets>;
}

/** A container of ours, in whatever state the engine holds it (HAZARDS D1). */
export interface RunContainer {
  readonly id: string;
  /** Absent for a warm container that no run has taken. */
  readonly run?: { readonly runId: string; readonly attempt: number };
  readonly workerId: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** When the engine made it (milliseconds since 1970). */
  readonly createdAt: number;
}

/** Whether an engine can hold a script. With a fault it is not to be used. Each says what to do. */
export interface EngineCheck {
  readonly version: string;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** Runs one script in one fresh container. Knows nothing of what a script is for. */
export interface Runner {
  /** To be asked once at the start. Rejects with a `RunnerFault` (`engine-unreachable`) when there is no engine. */
  checkEngine(): Promise<EngineCheck>;

  /** The sandbox a run of this runtime would get now; builds the image when it is not there yet. */
  sandboxOf(runtime: Runtime): Promise<Sandbox>;

  /**
   * Runs a script to its end. The container and all that was in it are gone when this resolves.
   *
   * Resolves with the verdict for everything the script did. Rejects with a `RunnerFault` for what was not the
   * script's doing (engine away, container removed by somebody, sink full): such an attempt is lost, not failed.
   * A `runId` and `attempt` that already have a container are refused (`already-running`).
   */
  run(spec: RunSpec, hooks: RunHooks): Promise<RunOutcome>;

  /**
   * A run like this is about to come: the container that waits for it is asked now whether it is well. False when none
   * waits that was not asked a moment ago. Never waits, never throws.
   */
  expect(spec: Pick<RunSpec, 'runtime' | 'limits'>): boolean;

  /** All containers of this installation, of all workers, in all states. */
  listContainers(): Promise<readonly RunContainer[]>;

  /** Kills and removes. A container that is gone already is fine. */
  removeContainer(id: string): Promise<void>;

  /** How the warm pool is doing; empty when there is none. */
  poolState(): readonly PoolState[];

  /** Stops taking runs, ends those that go on as `cancelled`, empties the warm pool. */
  close(): Promise<void>;
}

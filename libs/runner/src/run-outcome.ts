import type { Json } from './json.js';

/** Why a run failed by the script's own doing. */
export const failureReasons = [
  'source-invalid',
  'entrypoint-missing',
  'script-error',
  'result-missing',
  'result-invalid',
  'exit-code',
  'out-of-memory',
  'protocol-violation',
  'log-limit',
  'output-limit',
  'artifact-limit',
  'artifact-refused',
  'variable-refused',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** The verdict. Order: cancelled, then timeout, then out of memory, then a broken limit or rule, then the exit code. */
export type RunVerdict =
  | { readonly status: 'completed'; readonly reason: 'returned' }
  | { readonly status: 'failed'; readonly reason: FailureReason }
  | { readonly status: 'timeout'; readonly reason: 'time-limit' }
  | { readonly status: 'cancelled'; readonly reason: 'requested' };

/** What the script threw, or what the runner has to say about the failure. */
export interface RunError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

export interface Artifact {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

export type RunVariableType = 'string' | 'number' | 'boolean' | 'json';

/** What a script set by name, to be found by. */
export interface RunVariable {
  readonly name: string;
  readonly type: RunVariableType;
  readonly value: Json;
}

export interface RunDurations {
  /** Making and starting the container; 0 when it was warm. */
  readonly createMs: number;
  /** Until its harness was ready for the script. */
  readonly startMs: number;
  /** From the script's entry to the container's end. */
  readonly runMs: number;
}

/** How one attempt ended. */
export type RunOutcome = RunVerdict & {
  /** Null when no container was started. */
  readonly exitCode: number | null;
  /** The kernel killed something in the container for memory: not always the script's main process (HAZARDS D2). */
  readonly oomKilled: boolean;
  /** What the script returned; null unless completed. */
  readonly output: Json;
  readonly error: RunError | null;
  /** Those that were complete, in the order of their completion, whatever the verdict. */
  readonly artifacts: readonly Artifact[];
  /** The last value of each that was set, whatever the verdict. */
  readonly variables: readonly RunVariable[];
  readonly durations: RunDurations;
  readonly imageDigest: string;
  readonly profile: string;
};

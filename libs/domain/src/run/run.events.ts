/** The life of one run: stream `run-<tenantId>.<runId>`. Names and fields are storage format. */
export type RunEvent = RunRequested | RunStarted | RunAttemptFailed | RunCancelRequested | RunCompleted;

export type RunContext = 'sandbox' | 'production';
export type RunStatus = 'completed' | 'failed' | 'timeout' | 'cancelled';
/** What started a run (R-C4): a person by hand, or a service through the API. */
export type RunTrigger = 'manual' | 'api';
export type Runtime = 'node' | 'python' | 'shell';

/** Bytes in the blob store, named by their sha256 (hex); `size` in bytes. */
export interface BlobRef {
  readonly sha256: string;
  readonly size: number;
}

export interface NamedBlob extends BlobRef {
  readonly name: string;
}

/** What the run may use at most. Memory and temporary space in MiB; 1000 milliCpus are one core. */
export interface RunLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly milliCpus: number;
  readonly tmpfsMb: number;
}

/** Every cap that a container was given, by name with its unit, as the runner counts them. */
export type ContainerLimits = Readonly<Record<string, number>>;

/** How often a failed attempt is followed by another one at most, and after how long the first time. */
export interface RetryPolicy {
  readonly max: number;
  readonly backoffSeconds: number;
}

export interface RunSubject {
  readonly schema: string;
  readonly model: string;
  readonly id: string;
}

export interface RunConnector {
  readonly type: string;
  readonly key: string;
}

export type RunVariableType = 'string' | 'number' | 'boolean' | 'json';

/** Set by the script, by name (R-D5). */
export type RunVariables = Readonly<
  Record<string, { readonly type: RunVariableType; readonly value: unknown }>
>;

/** Why a run ended as it did, for machines; `error.message` says it to people. */
export type RunReason =
  | 'returned'
  | 'source-invalid'
  | 'entrypoint-missing'
  | 'script-error'
  | 'result-missing'
  | 'result-invalid'
  | 'exit-code'
  | 'out-of-memory'
  | 'protocol-violation'
  | 'log-limit'
  | 'output-limit'
  | 'artifact-limit'
  | 'artifact-refused'
  | 'variable-refused'
  | 'time-limit'
  | 'cancel-requested'
  | 'script-disabled'
  | 'tenant-suspended'
  | 'content-pruned'
  | 'input-gone'
  | 'runner-refused'
  | 'secret-unusable'
  | 'worker-lost';

export interface OfRun {
  readonly runId: string;
}

export interface RunRequested {
  readonly type: 'RunRequested';
  readonly data: OfRun & {
    readonly scriptId: string;
    readonly slug: string;
    /** Pinned now: what is published later does not change this run. */
    readonly versionId: string;
    readonly number: number;
    readonly contentHash: string;
    readonly runtime: Runtime;
    readonly context: RunContext;
    readonly trigger: { readonly kind: RunTrigger };
    /** The JSON that the function is called with. */
    readonly input: BlobRef;
    readonly files: readonly NamedBlob[];
    readonly limits: RunLimits;
    /** Absent in logs of older releases, as the two below: such a run has none. */
    readonly retries?: RetryPolicy;
    /** What the run is about, in the caller's own words (R-D6). */
    readonly subject?: RunSubject | null;
    /** What it works through. */
    readonly connector?: RunConnector | null;
  };
}

export interface RunStarted {
  readonly type: 'RunStarted';
  readonly data: OfRun & {
    /** 1 for the first. The fence: reports of another attempt do not count. */
    readonly attempt: number;
    readonly worker: string;
    readonly imageDigest: string;
    /** sha256, hex, of the sandbox profile that the container runs under. */
    readonly profile: string;
    /** Absent in logs of older releases. */
    readonly limits?: ContainerLimits;
    /** Whether its container had been started ahead; absent in logs of older releases. */
    readonly warm?: boolean;
  };
}

export interface RunCancelRequested {
  readonly type: 'RunCancelRequested';
  readonly data: OfRun & { readonly reason: string | null };
}

export type RunOutput =
  { readonly kind: 'inline'; readonly value: unknown } | ({ readonly kind: 'blob' } & BlobRef);

export interface RunOutcome {
  readonly status: RunStatus;
  readonly reason: RunReason;
  readonly exitCode: number | null;
  readonly output: RunOutput | null;
  readonly error: { readonly name: string; readonly message: string } | null;
  /** Never null (R-A12). */
  readonly artifacts: readonly NamedBlob[];
  readonly log: (BlobRef & { readonly lines: number; readonly truncated: boolean }) | null;
  /** Absent when none was set. */
  readonly variables?: RunVariables;
  /** Whole milliseconds: preparing the container, and the script itself. */
  readonly durations: { readonly prepareMs: number; readonly runMs: number };
}

/** An attempt that failed by the script's doing and is followed by another one, after a pause. */
export interface RunAttemptFailed {
  readonly type: 'RunAttemptFailed';
  readonly data: OfRun & RunOutcome & { readonly attempt: number; readonly retryAfterMs: number };
}

export interface RunCompleted {
  readonly type: 'RunCompleted';
  readonly data: OfRun & RunOutcome & { readonly attempt: number };
}

/** The life of one run: stream `run-<tenantId>.<runId>`. Names and fields are storage format. */
export type RunEvent = RunRequested | RunStarted | RunCancelRequested | RunCompleted;

export type RunContext = 'sandbox' | 'production';
export type RunStatus = 'completed' | 'failed' | 'timeout' | 'cancelled';
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
  | 'time-limit'
  | 'cancel-requested'
  | 'script-disabled'
  | 'tenant-suspended'
  | 'content-pruned'
  | 'input-gone'
  | 'runner-refused'
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
    readonly trigger: { readonly kind: 'manual' | 'api' };
    /** The JSON that the function is called with. */
    readonly input: BlobRef;
    readonly files: readonly NamedBlob[];
    readonly limits: RunLimits;
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
  /** Whole milliseconds: preparing the container, and the script itself. */
  readonly durations: { readonly prepareMs: number; readonly runMs: number };
}

export interface RunCompleted {
  readonly type: 'RunCompleted';
  readonly data: OfRun & RunOutcome & { readonly attempt: number };
}

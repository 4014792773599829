/** Every cap of one run, with its unit in its name. All are whole numbers above 0. */
export interface RunLimits {
  /** From the moment the script enters the container. */
  readonly timeoutMs: number;
  /** Memory with tmpfs; there is no swap. */
  readonly memoryMb: number;
  /** Processes and threads, those of the harness among them. */
  readonly pids: number;
  /** Thousandths of a processor: 1000 is one core. */
  readonly milliCpus: number;
  /** What the script may write to its own disk, which is memory; also the largest file. */
  readonly tmpfsMb: number;
  /** The input as JSON text. */
  readonly inputBytes: number;
  /** All input files together; they lie in the tmpfs. */
  readonly filesBytes: number;
  /** The result as JSON text. */
  readonly outputBytes: number;
  /** All log text together. */
  readonly logBytes: number;
  readonly logLines: number;
  /** All artifacts together. */
  readonly artifactBytes: number;
  readonly artifactCount: number;
}

const mebibyte = 1024 * 1024;

/** The default class: what the warm pool holds ready. */
export const defaultLimits: RunLimits = Object.freeze({
  timeoutMs: 120_000,
  memoryMb: 256,
  pids: 64,
  milliCpus: 1000,
  tmpfsMb: 64,
  inputBytes: mebibyte,
  filesBytes: 32 * mebibyte,
  outputBytes: mebibyte,
  logBytes: 4 * mebibyte,
  logLines: 50_000,
  artifactBytes: 128 * mebibyte,
  artifactCount: 100,
});

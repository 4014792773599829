import type { Readable } from 'node:stream';
import type { Json } from './json.js';
import type { RunVariableType } from './run-outcome.js';
import type { RunLimits } from './run-limits.js';

/** The catalogue of runtimes; each has an image of ours, never one that a user names. */
export const runtimes = ['node', 'python', 'shell'] as const;
export type Runtime = (typeof runtimes)[number];

/** A file that goes into the container, read-only, streamed. */
export interface InputFile {
  /** One path segment of safe characters; at most 255 bytes. */
  readonly name: string;
  /** Bytes; `open()` must give exactly as many. */
  readonly size: number;
  open(): Readable;
}

/** What the script may know about its run. */
export interface RunContext {
  readonly scriptSlug: string;
  readonly versionNumber: number;
}

/** Given to the script alone, over the protocol; hidden in all text that comes out. By name. */
export type Secrets = Readonly<Record<string, string>>;

/** One attempt of one run. */
export interface RunSpec {
  readonly runId: string;
  /** From 1. With `runId` it names the container: `stemma-<runId>-<attempt>`. */
  readonly attempt: number;
  readonly runtime: Runtime;
  /** Name of the function to call. */
  readonly entrypoint: string;
  readonly source: string;
  readonly input: Json;
  readonly files: readonly InputFile[];
  readonly settings: Readonly<Record<string, Json>>;
  /** The only variables the script may set, by type; null for any. */
  readonly variables: Readonly<Record<string, RunVariableType>> | null;
  readonly limits: RunLimits;
  readonly context: RunContext;
}

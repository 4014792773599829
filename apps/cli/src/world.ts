import type { Readable, Writable } from 'node:stream';

type Output = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined };

/** All that a command touches besides HTTP, so that specs can give it their own. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  /** Where relative paths of the command line begin. */
  readonly cwd: string;
  readonly stdin: Readable & {
    readonly isTTY?: boolean | undefined;
    /** Of terminals: typed signs come as they are, and are not shown. */
    readonly setRawMode?: (raw: boolean) => unknown;
  };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly now: () => Date;
  /** Aborts when the person gives up (Ctrl-C). */
  readonly signal: AbortSignal;
}

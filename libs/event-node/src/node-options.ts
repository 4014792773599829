/** What the node tells of itself; `@stemma/observability` loggers fit. */
export interface NodeLog {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
  readonly error: (fields: object, message: string) => void;
}

export interface EventNodeOptions {
  /** Directory of the log; made when missing. One node per directory. */
  readonly dir: string;
  /** Address to listen on; loopback unless told otherwise. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly log?: NodeLog;
  /** Largest append in bytes; real servers have 1 MiB (HAZARDS E10). */
  readonly maxAppendBytes?: number;
  /** Capacity of each file of the log, fixed when the directory is made. */
  readonly segmentBytes?: number;
  /** Unix ms. */
  readonly now?: () => number;
}

export interface EventNode {
  /** Connection string for `@eventstore/db-client`. */
  readonly url: string;
  readonly port: number;
  /** Finishes commits, ends open calls with CANCELLED, closes the files. */
  readonly stop: () => Promise<void>;
}

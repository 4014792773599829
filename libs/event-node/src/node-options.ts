import type { Users } from './services/authenticate.js';

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
  /** PEM texts; without them the node speaks in clear, and clients need `tls=false`. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** User names and passwords. The client sends credentials over TLS only, so these need `tls`. */
  readonly users?: Users;
  /** An HTTP port for health, metrics and backups; 0 takes a free one, none by default. Always on loopback. */
  readonly adminPort?: number;
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
  /** Undefined when none was asked for. */
  readonly adminPort: number | undefined;
  /** Finishes commits, ends open calls with CANCELLED, closes the files. */
  readonly stop: () => Promise<void>;
}

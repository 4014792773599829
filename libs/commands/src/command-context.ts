import { randomUUID } from 'node:crypto';
import { type EventMetadata, id, type Meta } from '@stemma/domain';

/** What the edge knows of a request besides its body. The actor comes from the credential alone. */
export interface CommandContext {
  readonly tenantId: string;
  readonly actor: Meta['actor'];
  /** See `commandIdOf`. */
  readonly commandId: string;
  /** sha256, hex, of the canonical JSON of the request body: the same key with another body is refused. */
  readonly bodyHash: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** The caller's place in its trace (W3C Trace Context), when it told one. */
  readonly traceparent?: string;
  /** The revision named by `If-Match`, or null. */
  readonly ifMatch: bigint | null;
}

/** How a command was answered: the same for the first time and for every repetition of it. */
export interface CommandAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the stream, after the command: the ETag. */
  readonly revision: bigint;
  /** Of the last event stored, or, when nothing was, of the last one seen. */
  readonly position: bigint;
  readonly replayed: boolean;
}

export interface RequestIdentity {
  readonly tenantId: string;
  readonly person: string;
  readonly method: string;
  readonly path: string;
  /** The `Idempotency-Key`, or null: then every request is a command of its own. */
  readonly key: string | null;
}

/** One id for one intention: repeated with the same key by the same person on the same path, it is the same command. */
export const commandIdOf = ({ tenantId, person, method, path, key }: RequestIdentity): string =>
  key === null ? randomUUID() : id('command', tenantId, person, method, path, key);

/** What is stamped on every event of a command. */
export function metadataOf(context: CommandContext, at: string, release: string): EventMetadata {
  const { tenantId, actor, commandId, bodyHash, correlationId, causationId, traceparent } = context;
  const ids = { commandId, bodyHash, correlationId, causationId, ...(traceparent && { traceparent }) };
  return { ...ids, tenantId, actor, at, release };
}

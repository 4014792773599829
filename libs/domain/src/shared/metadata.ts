/** Who did it. `id` is the person (or service), the same one whichever key was used; `via` is the key. */
export interface Actor {
  readonly kind: 'user' | 'service' | 'schedule' | 'system';
  readonly id: string;
  readonly via: string | null;
}

/** What a decision may know of its surroundings. `at` is the shell's clock as an ISO 8601 instant with milliseconds, UTC. */
export interface Meta {
  readonly tenantId: string;
  readonly actor: Actor;
  readonly at: string;
}

/** Metadata of every stored event. Storage format. */
export interface EventMetadata extends Meta {
  readonly commandId: string;
  readonly bodyHash: string;
  readonly correlationId: string;
  /** The request: its `Request-Id`. */
  readonly causationId: string;
  /** Absent unless the request carried one. */
  readonly traceparent?: string;
  readonly release: string;
}

import { EventStoreDBClient } from '@eventstore/db-client';
import { pause } from './back-off.js';
import { connectionString, type Credentials } from './connection-string.js';
import type { Log } from './log.js';

/** A client and the signal that it will not answer any more. */
export interface Lease {
  readonly client: EventStoreDBClient;
  readonly signal: AbortSignal;
}

export type CallKind = 'append' | 'read';

/**
 * The one client of the process (HAZARDS H5). It reconnects by itself; it is replaced only when it cannot: when one kind
 * of call has failed for some seconds without one answer. gRPC may then wait up to two minutes before it connects again,
 * and the client may repeat one stored error for ever.
 */
export interface Connection {
  lease(): Promise<Lease>;
  /** An answer arrived. */
  heard(kind: CallKind): void;
  /** No answer, or not a clear one. May replace the client. */
  failed(kind: CallKind, lease: Lease, error: unknown): void;
  /** Runs an append, during which the client is not replaced lightly: its appends share one table of promises (H5). */
  holding<T>(call: () => Promise<T>): Promise<T>;
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

const DOWN_MS = 3_000;
/** Longer than it takes to find a dead connection by keep-alive, which ends all calls that hang on it. */
const HUNG_MS = 20_000;

export function openConnection(url: string, log: Log, credentials?: Credentials): Connection {
  const closing = new AbortController();
  const failingSince = new Map<CallKind, number>();
  let generation = 0;
  let held = 0;
  let renewal: Promise<void> | undefined;
  let current = lend();

  function lend() {
    const ended = new AbortController();
    const client = EventStoreDBClient.connectionString(connectionString(url, generation++, credentials));
    return { ended, lease: { client, signal: ended.signal } };
  }

  async function retire(reason: Error): Promise<void> {
    current.ended.abort(reason);
    await Promise.race([current.lease.client.dispose().catch(() => undefined), pause(1_000)]);
  }

  async function renew(): Promise<void> {
    await retire(new Error('The connection to the event store was replaced.'));
    current = lend();
    failingSince.clear();
    renewal = undefined;
  }

  return {
    closed: closing.signal,
    async lease() {
      await renewal;
      closing.signal.throwIfAborted();
      return current.lease;
    },
    heard(kind) {
      if (failingSince.size > 0) failingSince.delete(kind);
    },
    failed(kind, lease, error) {
      if (lease !== current.lease || renewal !== undefined || closing.signal.aborted) return;
      const since = failingSince.get(kind) ?? Date.now();
      failingSince.set(kind, since);
      if (Date.now() - since < (held === 0 ? DOWN_MS : HUNG_MS)) return;
      log('The event store does not answer: connecting afresh.', { error });
      renewal = renew();
    },
    async holding(call) {
      held += 1;
      try {
        return await call();
      } finally {
        held -= 1;
      }
    },
    async close() {
      closing.abort(new Error('The event store was closed.'));
      await renewal;
      await retire(new Error('The event store was closed.'));
    },
  };
}

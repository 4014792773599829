import { EventStoreDBClient } from '@eventstore/db-client';
import { pause } from './back-off.js';
import { connectionString, type Credentials } from './connection-string.js';
import { type CallKind, connectionHealth } from './health.js';
import { type InFlight, inFlight } from './in-flight.js';
import type { Log } from './log.js';

/** A client and the signal that it will not answer any more. */
export interface Lease {
  readonly client: EventStoreDBClient;
  readonly signal: AbortSignal;
  /** When this lease was taken, by `performance.now()`. */
  readonly since: number;
}

/**
 * The one client of the process. It reconnects by itself where it can; it is replaced where it cannot:
 * - nothing is heard on a connection that looks open. Keep-alive would find out, but later than an append may take;
 * - one kind of call fails for seconds without one answer. gRPC may then wait for two minutes before it connects again,
 *   and the client may repeat one stored error for ever.
 */
export interface Connection {
  lease(): Promise<Lease>;
  /** An answer arrived. */
  heard(kind: CallKind): void;
  /** No answer, or not a clear one. May replace the client. */
  failed(kind: CallKind, lease: Lease, error: unknown): void;
  readonly appends: InFlight;
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

export function openConnection(url: string, log: Log, credentials?: Credentials): Connection {
  const closing = new AbortController();
  const health = connectionHealth();
  const appends = inFlight();
  let generation = 0;
  let renewal: Promise<void> | undefined;
  let current = connect();

  function connect() {
    const ended = new AbortController();
    const client = EventStoreDBClient.connectionString(connectionString(url, generation++, credentials));
    return { client, ended };
  }

  async function retire(reason: Error): Promise<void> {
    current.ended.abort(reason);
    await Promise.race([current.client.dispose().catch(() => undefined), pause(1_000)]);
  }

  async function renew(): Promise<void> {
    await retire(new Error('The connection to the event store was replaced.'));
    current = connect();
    health.reset();
    renewal = undefined;
  }

  return {
    appends,
    closed: closing.signal,
    async lease() {
      await renewal;
      closing.signal.throwIfAborted();
      return { client: current.client, signal: current.ended.signal, since: performance.now() };
    },
    heard: (kind) => health.heard(kind),
    failed(kind, lease, error) {
      if (lease.client !== current.client || renewal !== undefined || closing.signal.aborted) return;
      if (!health.isHopeless(kind, lease.since, error)) return;
      log('The event store does not answer: connecting afresh.', { error });
      renewal = renew();
    },
    async close() {
      closing.abort(new Error('The event store was closed.'));
      await renewal;
      await retire(new Error('The event store was closed.'));
    },
  };
}

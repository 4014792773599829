import { convertToCommandError } from '@eventstore/db-client';
import { backOffMs, pause } from './back-off.js';
import type { Connection } from './connection.js';
import type { RawEvent } from './decode-record.js';
import type { Delivery, RecordedEvent, SubscribeOptions } from './event-store.js';
import type { Log } from './log.js';
import { ENDED, pull, SILENT } from './pull.js';
import { type RawCall, type RawMessage, RawReads } from './raw-call.js';
import { cancel } from './read-ahead.js';
import { isOfApplication } from './read-log.js';

export interface SubscribeParts {
  readonly connection: Connection;
  readonly recorded: (raw: RawEvent) => RecordedEvent;
  readonly log: Log;
  /** Where the log ends now, system events included; `null` for an empty one. */
  readonly endOfLog: () => Promise<bigint | null>;
  /** How long a subscription may be silent before the server is asked whether it still is there. Milliseconds. */
  readonly patience: { readonly silenceMs: number };
}

const caughtUp: Delivery = { kind: 'caughtUp' };

/** `EventStore.subscribe`. What an upcaster throws goes to the consumer: to resume would be to throw for ever. */
export function subscribing(parts: SubscribeParts) {
  return async function* (options: SubscribeOptions): AsyncGenerator<Delivery> {
    for await (const delivery of resumed(parts, options)) {
      yield 'kind' in delivery ? delivery : { kind: 'event', event: parts.recorded(delivery) };
    }
  };
}

/** One call after the other, each from behind the last event that was handed over (H4). */
async function* resumed(
  parts: SubscribeParts,
  options: SubscribeOptions,
): AsyncGenerator<Delivery | RawEvent> {
  const { signal } = options;
  const behind = options.after === 'end' ? await endWhenKnown(parts, signal) : options.after;
  if (options.after === 'end' && behind !== null) yield { kind: 'checkpoint', position: behind };
  const progress: Progress = { behind, failures: 0 };
  while (!signal.aborted) {
    try {
      yield* deliveriesOf(parts, options, progress);
    } catch (error) {
      if (signal.aborted) return;
      options.onInterrupted?.();
      if (parts.connection.closed.aborted) throw error;
      parts.log('A subscription was cut and goes on.', { behind: String(progress.behind), error });
    }
    await pause(backOffMs(progress.failures++, 50, 2_000), signal);
  }
}

/** How far events were handed over, over all calls. */
interface Progress {
  behind: bigint | null;
  failures: number;
}

/** The deliveries of one call, until it fails or ends. */
async function* deliveriesOf(
  parts: SubscribeParts,
  { signal, streamPrefixes }: SubscribeOptions,
  progress: Progress,
): AsyncGenerator<Delivery | RawEvent, never> {
  const { connection } = parts;
  const lease = await connection.lease();
  const interrupted = AbortSignal.any([lease.signal, signal]);
  try {
    const wanted = { after: progress.behind ?? undefined, streamPrefixes };
    const call = await RawReads.subscribe(lease.client, wanted);
    return yield* heardOf(parts, call, interrupted, progress);
  } catch (thrown) {
    const error = thrown instanceof Error ? convertToCommandError(thrown) : thrown;
    if (!interrupted.aborted) connection.failed('read', lease, error);
    throw error;
  }
}

async function* heardOf(
  { connection, endOfLog, patience }: SubscribeParts,
  call: RawCall,
  interrupted: AbortSignal,
  progress: Progress,
): AsyncGenerator<Delivery | RawEvent, never> {
  const source = pull<RawMessage>(call, interrupted);
  try {
    for (;;) {
      const next = await source.next(patience.silenceMs);
      if (next === ENDED) throw new Error('The server ended the subscription.');
      // Throws when the server is gone; a live one that has nothing to say may be silent for ever.
      if (next === SILENT) await endOfLog();
      else connection.heard('read');
      progress.failures = 0;
      if (typeof next === 'symbol') continue;
      if (next.isCaughtUp) yield caughtUp;
      if (next.event === undefined || !isOfApplication(next.event)) continue;
      progress.behind = next.event.position;
      yield next.event;
    }
  } finally {
    source.done();
    cancel(call);
  }
}

/** A subscription from the end must not skip what comes while it is cut, so its place is made known first. */
async function endWhenKnown({ endOfLog, log }: SubscribeParts, signal: AbortSignal): Promise<bigint | null> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await endOfLog();
    } catch (error) {
      log('A subscription waits for the event store.', { error });
      await pause(backOffMs(attempt, 50, 2_000), signal);
    }
  }
}

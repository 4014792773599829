import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type EventStoreDBClient,
  excludeSystemEvents,
  type Filter,
  streamNameFilter,
} from '@eventstore/db-client';
import { backOffMs, pause } from './back-off.js';
import type { Connection } from './connection.js';
import type { Delivery, RecordedEvent, SubscribeOptions } from './event-store.js';
import type { Log } from './log.js';
import { ENDED, pull, SILENT } from './pull.js';
import { positionPair, recordedEvent } from './recorded-event.js';

export interface SubscribeParts {
  readonly connection: Connection;
  readonly upcast: (event: RecordedEvent) => RecordedEvent;
  readonly log: Log;
  /** Where the log ends now, system events included; `null` for an empty one. */
  readonly endOfLog: () => Promise<bigint | null>;
  /** How long a subscription may be silent before the server is asked whether it still is there. Milliseconds. */
  readonly patience: { readonly silenceMs: number };
}

const CAUGHT_UP = Symbol('caught up');
/** Server checkpoints are not used (HAZARDS H3): let it send few. */
const FEW_CHECKPOINTS = { checkpointInterval: 1_000 };
const READ_AHEAD = { highWaterMark: 64 };

/** `EventStore.subscribe`. What an upcaster throws goes to the consumer: to resume would be to throw for ever. */
export function subscribing(parts: SubscribeParts) {
  return async function* (options: SubscribeOptions): AsyncGenerator<Delivery> {
    for await (const delivery of resumed(parts, options)) {
      yield delivery.kind === 'event' ? { kind: 'event', event: parts.upcast(delivery.event) } : delivery;
    }
  };
}

/** One call after the other, each from behind the last event that was handed over (H4). */
async function* resumed(parts: SubscribeParts, options: SubscribeOptions): AsyncGenerator<Delivery> {
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
): AsyncGenerator<Delivery, never> {
  const { connection } = parts;
  const lease = await connection.lease();
  const call = open(lease.client, progress.behind, filterOf(streamPrefixes));
  const interrupted = AbortSignal.any([lease.signal, signal]);
  const source = pull<AllStreamResolvedEvent, typeof CAUGHT_UP>(call, interrupted);
  call.on('caughtUp', () => source.mark(CAUGHT_UP));
  try {
    for (;;) {
      const next = await source.next(parts.patience.silenceMs);
      if (next === ENDED) throw new Error('The server ended the subscription.');
      // Throws when the server is gone; a live one that has nothing to say may be silent for ever.
      if (next === SILENT) await parts.endOfLog();
      else connection.heard('read');
      progress.failures = 0;
      if (next === CAUGHT_UP) yield { kind: 'caughtUp' };
      if (typeof next === 'symbol') continue;
      const event = recordedEvent(next);
      if (event === undefined) continue;
      progress.behind = event.position;
      yield { kind: 'event', event };
    }
  } catch (error) {
    if (!interrupted.aborted) connection.failed('read', lease, error);
    throw error;
  } finally {
    source.done();
    void call.unsubscribe().catch(() => undefined);
  }
}

function open(client: EventStoreDBClient, behind: bigint | null, filter: Filter): AllStreamSubscription {
  const fromPosition = behind === null ? 'start' : positionPair(behind);
  return client.subscribeToAll({ fromPosition, filter }, READ_AHEAD);
}

const filterOf = (prefixes: readonly string[] | undefined): Filter =>
  prefixes === undefined
    ? excludeSystemEvents(FEW_CHECKPOINTS)
    : streamNameFilter({ prefixes: [...prefixes], ...FEW_CHECKPOINTS });

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

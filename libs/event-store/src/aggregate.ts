import type { Decider, DomainEvent } from '@stemma/decider';
import type { Envelope, Executed, ExecuteOptions, Loaded } from './command.js';
import type { EventStore, RecordedEvent } from './event-store.js';
import { executing } from './execute.js';
import { historian, type History, unreadHistory } from './history.js';
import { keyedQueue } from './keyed-queue.js';
import { watermark } from './watermark.js';
import { weightedCache } from './weighted-cache.js';

/** The streams of one decider: loads states and decides commands on them. */
export interface Aggregate<State, Command> {
  /** The state now. Throws `StoreUnavailable`, `UnknownEvent`, `StreamBusy`. */
  load(stream: string): Promise<Loaded<State>>;
  /**
   * Takes in an event that a subscription handed over, so that its stream need not be read: the state that it leads to.
   * Undefined when it is neither the first event of its stream nor the next one to what is known here.
   */
  meet(event: RecordedEvent): Promise<Loaded<State> | undefined>;
  /** The state as far as this process knows it, which may be old; undefined when it knows nothing. Asks nobody. */
  known(stream: string): Promise<Loaded<State> | undefined>;
  /**
   * Replay, then `If-Match`, then decide, then append. Throws the decider's `Rejection`, `CommandIdReused`,
   * `PreconditionFailed`, `RevisionConflict` (a race lost, only with `refuse` or after three more tries), `AppendTooLarge`,
   * `StoreUnavailable` (outcome unknown), `StreamBusy`, `StreamDeleted`, `UnknownEvent`.
   */
  execute(
    stream: string,
    command: Command,
    envelope: Envelope,
    options: ExecuteOptions,
  ): Promise<Executed<State>>;
}

export interface AggregateOptions<
  State,
  Command extends { readonly meta: Meta },
  Event extends DomainEvent,
  Meta,
> {
  readonly store: EventStore;
  readonly decider: Decider<State, Command, Event, Meta>;
  /** Streams whose state is kept; 0 for streams that may be deleted, which must be read anew each time. */
  readonly cacheEntries?: number;
  /** Rough bytes of all states that are kept: see `BYTES_PER_EVENT`. */
  readonly cacheBytes?: number;
  /** Commands that may wait for one stream. */
  readonly waitingPerStream?: number;
  /** The `createdAt` of new events in the answer; the stored one is the server's. */
  readonly clock?: () => Date;
}

/** A cached stream is counted as this much, plus its events and the commands it remembers. */
const BYTES_PER_ENTRY = 1_024;
const BYTES_PER_EVENT = 256;
const BYTES_PER_COMMAND = 256;
const MEBIBYTE = 1024 * 1024;

/** Decides from a cached state and appends at the cached revision: docs/adr/0004-deciding-from-a-cached-state.md. */
export function openAggregate<
  State,
  Command extends { readonly meta: Meta },
  Event extends DomainEvent,
  Meta,
>(options: AggregateOptions<State, Command, Event, Meta>): Aggregate<State, Command> {
  const { store, decider, cacheEntries = 10_000, cacheBytes = 128 * MEBIBYTE } = options;
  const cache = weightedCache<History<State>>({ entries: cacheEntries, weight: cacheBytes });
  const inTurn = keyedQueue(options.waitingPerStream ?? 1_000);
  const histories = historian(store, decider);
  const keep = (stream: string, history: History<State>): void =>
    cache.set(stream, history, weightOf(history));
  const execute = executing({
    store,
    initial: decider.initial,
    decide: decider.decide,
    histories,
    cache: { get: cache.get, keep, drop: cache.delete },
    watermark: watermark(store),
    clock: options.clock ?? (() => new Date()),
  });

  return {
    load: (stream) =>
      inTurn(stream, async () => {
        const cached = cache.get(stream);
        const history = cached ?? (await histories.read(stream));
        if (cached !== undefined) await histories.catchUp(stream, history);
        keep(stream, history);
        return loaded(history);
      }),
    meet: (event) =>
      inTurn(event.stream, () => {
        const history = cache.get(event.stream) ?? unreadHistory(decider.initial);
        if ((history.revision ?? -1n) + 1n !== event.revision) return Promise.resolve(undefined);
        histories.take(history, event);
        keep(event.stream, history);
        return Promise.resolve(loaded(history));
      }),
    known: (stream) =>
      inTurn(stream, () => {
        const history = cache.get(stream);
        return Promise.resolve(history && loaded(history));
      }),
    execute: (stream, command, envelope, how) =>
      inTurn(stream, () => execute({ stream, command, envelope, options: how })),
  };
}

const loaded = <State>({ state, revision, position }: History<State>): Loaded<State> => ({
  state,
  revision,
  position,
});

function weightOf({ revision, commands }: History<unknown>): number {
  const events = revision === null ? 0 : Number(revision) + 1;
  return BYTES_PER_ENTRY + events * BYTES_PER_EVENT + commands.size * BYTES_PER_COMMAND;
}

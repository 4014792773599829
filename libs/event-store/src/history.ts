import type { Decider, DomainEvent } from '@stemma/decider';
import { type CommandMemory, commandMemory } from './command-memory.js';
import { UnknownEvent } from './errors.js';
import type { EventStore, RecordedEvent } from './event-store.js';

/** What is known of a stream: its state at a revision, and its last commands. Changed in place, by one piece of work at a time. */
export interface History<State> {
  state: State;
  /** `null` while the stream does not exist. */
  revision: bigint | null;
  position: bigint | null;
  readonly commands: CommandMemory;
}

export interface Historian<State> {
  /** Reads the whole stream. */
  read(stream: string): Promise<History<State>>;
  /** Reads what came since. */
  catchUp(stream: string, history: History<State>): Promise<void>;
  /** Takes in one event, which must be the next one. Throws `UnknownEvent`. */
  take(history: History<State>, event: RecordedEvent): void;
}

export const unreadHistory = <State>(initial: State): History<State> => ({
  state: initial,
  revision: null,
  position: null,
  commands: commandMemory(),
});

/** Folds stored events. The metadata of an event are the `meta` that the decider gets. */
export function historian<State, Command extends { readonly meta: Meta }, Event extends DomainEvent, Meta>(
  store: EventStore,
  decider: Decider<State, Command, Event, Meta>,
): Historian<State> {
  function take(history: History<State>, event: RecordedEvent): void {
    const { type, data, metadata, revision } = event;
    // What is stored under a type has the shape of that type: upcasters and the rule that types never change see to it.
    const state = decider.evolve(history.state, { type, data } as Event, metadata as Meta);
    // An exhaustive switch over the events that a decider knows returns nothing for any other.
    if (state === undefined) throw new UnknownEvent(event.stream, revision, type);
    history.state = state;
    history.revision = revision;
    history.position = event.position;
    history.commands.note(metadata, revision);
  }

  async function catchUp(stream: string, history: History<State>): Promise<void> {
    const from = history.revision === null ? {} : { from: history.revision + 1n };
    for await (const event of store.readStream(stream, from)) take(history, event);
  }

  return {
    take,
    catchUp,
    async read(stream) {
      const history = unreadHistory(decider.initial);
      await catchUp(stream, history);
      return history;
    },
  };
}

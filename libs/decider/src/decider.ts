/** What happened, in the past tense, as plain JSON: `type` is storage format and is never renamed. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** An event with what the shell stamped on it (who, when): the unit a state is folded from. */
export interface Fact<Event extends DomainEvent, Meta> {
  readonly event: Event;
  readonly meta: Meta;
}

/**
 * The business of one stream, pure: no clock, no chance, no I/O. Time and ids arrive inside the command.
 *
 * `decide` returns the events to append; `[]` means "already so"; it throws a `Rejection` to refuse.
 * `evolve` accepts every event of its union and returns a new frozen state.
 */
export interface Decider<State, Command extends { readonly meta: Meta }, Event extends DomainEvent, Meta> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event, meta: Meta) => State;
  readonly decide: (state: State, command: Command) => readonly Event[];
}

/** The state after `facts`, starting from `state` (the decider's initial one when absent). */
export function fold<State, Command extends { readonly meta: Meta }, Event extends DomainEvent, Meta>(
  decider: Decider<State, Command, Event, Meta>,
  facts: Iterable<Fact<Event, Meta>>,
  state: State = decider.initial,
): State {
  let current = state;
  for (const { event, meta } of facts) current = decider.evolve(current, event, meta);
  return current;
}

import { type Decider, type DomainEvent, type Fact, fold } from './decider.js';
import { isRejection } from './rejection.js';

type Outcome<Event> = { readonly events: readonly Event[] } | { readonly rejected: string };

/**
 * Given/when/then for a decider, without a test framework: each `then…` throws an error that shows both sides.
 *
 * `specify(scriptDecider).given(fact(…)).when(command).then([event])`
 */
export function specify<State, Command extends { readonly meta: Meta }, Event extends DomainEvent, Meta>(
  decider: Decider<State, Command, Event, Meta>,
) {
  return {
    given: (...facts: readonly Fact<Event, Meta>[]) => ({
      when: (command: Command) => claims(outcomeOf(decider, fold(decider, facts), command)),
    }),
  };
}

function outcomeOf<State, Command extends { readonly meta: Meta }, Event extends DomainEvent, Meta>(
  decider: Decider<State, Command, Event, Meta>,
  state: State,
  command: Command,
): Outcome<Event> {
  try {
    return { events: decider.decide(state, command) };
  } catch (error) {
    if (isRejection(error)) return { rejected: error.code };
    throw error;
  }
}

function claims<Event extends DomainEvent>(outcome: Outcome<Event>) {
  return {
    outcome,
    /** The events, whole and in order. */
    then: (expected: readonly Event[]): void => same(outcome, { events: expected }),
    thenNothing: (): void => same(outcome, { events: [] }),
    thenRejected: (code: string): void => same(outcome, { rejected: code }),
    /** Only the types of the events, in order. */
    thenTypes: (...types: readonly Event['type'][]): void => {
      const seen = 'events' in outcome ? { types: outcome.events.map(({ type }) => type) } : outcome;
      same(seen, { types });
    },
  };
}

function same(actual: unknown, expected: unknown): void {
  const [seen, wanted] = [show(actual), show(expected)];
  if (seen !== wanted) throw new Error(`expected ${wanted}\nbut got  ${seen}`);
}

const show = (value: unknown): string => JSON.stringify(value, sortedKeys, 2);

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

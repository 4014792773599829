import type { RecordedEvent } from '../log/event-source.js';
import { isOpsStream } from '../log/ops-log.js';
import type { Projection, Treatment } from './projection.js';
import { type Refusal, UnknownEventType, ValueRefused } from './refusals.js';
import type { RowKey } from './table.js';
import type { WorkingSet } from './working-set.js';

/** What operators decided about streams and events that a fold could not apply. */
export interface Exceptions {
  /** Its events wait until somebody has them tried again. */
  readonly isParked: (stream: string) => boolean;
  /** Passed over for good, in every mode. */
  readonly isDropped: (eventId: string) => boolean;
  /** What Postgres said to the rows that the event made, when it refused them. */
  readonly refusalOf: (eventId: string) => string | undefined;
}

const noExceptions: Exceptions = {
  isParked: () => false,
  isDropped: () => false,
  refusalOf: () => undefined,
};

/** `fold`: the handler threw. `row`: a column does not take the value. `database`: Postgres refused it. */
export type ParkCategory = 'fold' | 'row' | 'database';

/** The first event of a stream that could not be applied. */
export interface ParkedEvent {
  readonly event: RecordedEvent;
  readonly category: ParkCategory;
  readonly error: string;
}

export interface Folded {
  /** The last event considered; undefined when there was none. */
  readonly last: RecordedEvent | undefined;
  /** Why the next one was not: somebody must act. */
  readonly refusal: Refusal | undefined;
  /** Streams that are parked from now on. */
  readonly parked: readonly ParkedEvent[];
  /** How many events of parked streams were passed over, by stream; the first one of a new one is not among them. */
  readonly held: ReadonlyMap<string, number>;
}

/** The rows that events look at, found out once. */
export interface Touched {
  readonly keys: () => readonly RowKey[];
  /** Of the event at this place; undefined when it cannot say so, or `keys` was not asked. */
  readonly of: (index: number) => readonly RowKey[] | undefined;
}

/** An event that cannot say so is left to `foldEvents` to park. */
export function touchedBy(projection: Projection, events: readonly RecordedEvent[]): Touched {
  let found: readonly (readonly RowKey[] | undefined)[] | undefined;
  const keysOf = (event: RecordedEvent) => {
    if (projection.treats(event.type) !== 'applies') return undefined;
    try {
      return projection.touches(event);
    } catch {
      return undefined;
    }
  };
  return {
    keys: () => (found ??= events.map(keysOf)).flatMap((keys) => keys ?? []),
    of: (index) => found?.[index],
  };
}

/**
 * Considers events in order: applies them, passes them over, or parks the stream of one that cannot be applied. Ends
 * before one of a type that is not known. Pure but for the working set.
 */
export function foldEvents(
  projection: Projection,
  events: readonly RecordedEvent[],
  rows: WorkingSet,
  exceptions: Exceptions = noExceptions,
  touched?: Touched,
): Folded {
  const parked = new Map<string, ParkedEvent>();
  const held = new Map<string, number>();
  let last: RecordedEvent | undefined;
  let refusal: Refusal | undefined;
  for (const [index, event] of events.entries()) {
    const treatment = treatmentOf(projection, event, exceptions);
    if (treatment === 'unknown') {
      refusal = unknownType(projection, event);
      break;
    }
    last = event;
    if (treatment === 'ignores') continue;
    if (parked.has(event.stream) || exceptions.isParked(event.stream)) {
      held.set(event.stream, (held.get(event.stream) ?? 0) + 1);
      continue;
    }
    const failure =
      refusedByDatabase(event, exceptions) ?? applyEvent(projection, event, rows, touched?.of(index));
    if (failure) parked.set(event.stream, failure);
  }
  return { last, refusal, parked: [...parked.values()], held };
}

function treatmentOf(
  projection: Projection,
  { id, stream, type }: RecordedEvent,
  { isDropped }: Exceptions,
): Treatment {
  return isOpsStream(stream) || isDropped(id) ? 'ignores' : projection.treats(type);
}

function refusedByDatabase(event: RecordedEvent, { refusalOf }: Exceptions): ParkedEvent | undefined {
  const error = refusalOf(event.id);
  return error === undefined ? undefined : { event, category: 'database', error };
}

function applyEvent(
  projection: Projection,
  event: RecordedEvent,
  rows: WorkingSet,
  touched: readonly RowKey[] | undefined,
): ParkedEvent | undefined {
  try {
    rows.apply(projection, event, touched);
    return undefined;
  } catch (error) {
    const category = error instanceof ValueRefused ? 'row' : 'fold';
    return { event, category, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Where an event stands, for people. */
export const placeOf = ({ stream, revision, position }: RecordedEvent): string =>
  `revision ${revision} of ${stream} (position ${position})`;

function unknownType(projection: Projection, event: RecordedEvent): UnknownEventType {
  const release = 'release' in event.metadata ? String(event.metadata.release) : 'an unknown release';
  return new UnknownEventType(
    `${event.type}, ${placeOf(event)}, was written by ${release} and is not known here: ` +
      `${projection.name} stops before it. Run a projector of that release or a later one.`,
  );
}

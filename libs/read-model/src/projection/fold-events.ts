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

/** The rows that these events look at; an event that cannot say so is left to `foldEvents` to park. */
export function touchedKeys(projection: Projection, events: readonly RecordedEvent[]): readonly RowKey[] {
  return events.flatMap((event) => {
    if (projection.treats(event.type) !== 'applies') return [];
    try {
      return projection.touches(event);
    } catch {
      return [];
    }
  });
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
): Folded {
  const parked = new Map<string, ParkedEvent>();
  const held = new Map<string, number>();
  let last: RecordedEvent | undefined;
  let refusal: Refusal | undefined;
  for (const event of events) {
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
    const failure = refusedByDatabase(event, exceptions) ?? applyEvent(projection, event, rows);
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

function applyEvent(projection: Projection, event: RecordedEvent, rows: WorkingSet): ParkedEvent | undefined {
  try {
    rows.apply(projection, event);
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

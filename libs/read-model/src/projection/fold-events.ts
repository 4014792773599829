import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from './projection.js';
import type { RowKey } from './table.js';
import { CannotApply, type WorkingSet } from './working-set.js';
import { EventRefused, type Refusal, UnknownEventType } from './refusals.js';

/** How far a batch went: all of it, or to just before the event that was refused. */
export interface Folded {
  readonly last: RecordedEvent | undefined;
  readonly refusal: Refusal | undefined;
}

/** The rows that these events look at; those of an event that cannot say so are left to `foldEvents` to refuse. */
export function touchedKeys(projection: Projection, events: readonly RecordedEvent[]): readonly RowKey[] {
  return events.flatMap((event) => {
    try {
      return projection.touches(event);
    } catch {
      return [];
    }
  });
}

/** Applies events in order until the first that cannot be applied. Pure but for the working set. */
export function foldEvents(
  projection: Projection,
  events: readonly RecordedEvent[],
  rows: WorkingSet,
): Folded {
  let last: RecordedEvent | undefined;
  for (const event of events) {
    const refusal = foldEvent(projection, event, rows);
    if (refusal) return { last, refusal };
    last = event;
  }
  return { last, refusal: undefined };
}

function foldEvent(projection: Projection, event: RecordedEvent, rows: WorkingSet): Refusal | undefined {
  const treatment = projection.treats(event.type);
  if (treatment === 'ignores') return undefined;
  if (treatment === 'unknown') return unknownType(projection, event);
  try {
    rows.apply(projection, event);
    return undefined;
  } catch (error) {
    return refused(projection, event, error);
  }
}

const placeOf = ({ stream, revision, position }: RecordedEvent): string =>
  `revision ${revision} of ${stream} (position ${position})`;

function unknownType(projection: Projection, event: RecordedEvent): UnknownEventType {
  const release = 'release' in event.metadata ? String(event.metadata.release) : 'an unknown release';
  return new UnknownEventType(
    `${event.type}, ${placeOf(event)}, was written by ${release} and is not known here: ` +
      `${projection.name} stops before it. Run a projector of that release or a later one.`,
  );
}

function refused(projection: Projection, event: RecordedEvent, error: unknown): EventRefused {
  const reason = error instanceof CannotApply ? error.message : String(error);
  return new EventRefused(`${projection.name} cannot apply ${event.type}, ${placeOf(event)}: ${reason}`, {
    cause: error,
  });
}

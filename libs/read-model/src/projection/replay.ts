import type { RecordedEvent } from '../log/event-source.js';
import { type Exceptions, foldEvents, type ParkedEvent, placeOf } from './fold-events.js';
import type { Projection } from './projection.js';
import { CannotApply } from './refusals.js';
import type { RowOf, Table } from './table.js';
import { openWorkingSet } from './working-set.js';

/** The rows of each table, in the order in which they came to be. */
export interface Replayed {
  readonly rows: <T extends Table>(table: T) => readonly RowOf<T>[];
}

/**
 * What a projection makes of these events alone, from nothing: in memory, with no database. The same fold as live.
 *
 * @throws Refusal for an event that is unknown, CannotApply for one that live would park
 */
export function replay(
  projection: Projection,
  events: readonly RecordedEvent[],
  exceptions?: Exceptions,
): Replayed {
  const set = openWorkingSet(projection.tables);
  const { refusal, parked } = foldEvents(projection, events, set, exceptions);
  if (refusal) throw refusal;
  for (const failure of parked) throw cannotApply(projection, failure);
  return { rows: <T extends Table>(table: T) => set.rows(table).map(({ row }) => row as RowOf<T>) };
}

const cannotApply = ({ name }: Projection, { event, error }: ParkedEvent): CannotApply =>
  new CannotApply(`${name} cannot apply ${event.type}, ${placeOf(event)}: ${error}`);

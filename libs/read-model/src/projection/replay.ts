import type { RecordedEvent } from '../log/event-source.js';
import { foldEvents } from './fold-events.js';
import type { Projection } from './projection.js';
import type { RowOf, Table } from './table.js';
import { openWorkingSet } from './working-set.js';

/** The rows of each table, in the order in which they came to be. */
export interface Replayed {
  readonly rows: <T extends Table>(table: T) => readonly RowOf<T>[];
}

/**
 * What a projection makes of these events alone, from nothing: in memory, with no database. The same fold as live.
 *
 * @throws Refusal for an event that is unknown or cannot be applied
 */
export function replay(projection: Projection, events: readonly RecordedEvent[]): Replayed {
  const set = openWorkingSet(projection.tables);
  const { refusal } = foldEvents(projection, events, set);
  if (refusal) throw refusal;
  return {
    rows: <T extends Table>(table: T) => set.rows(table).map(({ row }) => row as RowOf<T>),
  };
}

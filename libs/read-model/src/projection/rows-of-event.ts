import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from './projection.js';
import { CannotApply } from './refusals.js';
import type { Rows } from './rows.js';
import { type KeyOf, keyText, type Row, type RowOf, type Table } from './table.js';

/** What one event has changed so far; null is a row removed. */
export type Scratch = Map<Table, Map<string, Row | null>>;

/** A row as the working set holds it. */
interface Owned {
  readonly row: Row;
  readonly stream: string;
}

/** The rows that one event may use; what it does to them goes to `scratch`, so that it counts whole or not at all. */
export function rowsOfEvent(
  projection: Projection,
  event: RecordedEvent,
  stored: (table: Table, key: string) => Owned | undefined,
  scratch: Scratch,
): Rows {
  const allowed = projection.touches(event).map(({ table, key }) => ({ table, text: keyText(table, key) }));
  const place = (table: Table, key: Row) => {
    const text = keyText(table, key);
    if (allowed.some((one) => one.table === table && one.text === text)) return text;
    throw new CannotApply(
      `${event.type} uses a row of ${table.name} that ${projection.name} does not say it touches`,
    );
  };
  const read = (table: Table, key: Row): Row | undefined => {
    const text = place(table, key);
    const changed = scratch.get(table)?.get(text);
    return (changed === undefined ? stored(table, text)?.row : changed) ?? undefined;
  };
  const write = (table: Table, row: Row, isPut: boolean) => {
    const text = place(table, row);
    const before = stored(table, text);
    requireOwner(table, event, before);
    const changes = scratch.get(table) ?? new Map<string, Row | null>();
    scratch.set(table, changes.set(text, isPut ? checked(table, row, before?.row) : null));
  };
  return typedRows(event, read, write);
}

function typedRows(
  event: RecordedEvent,
  read: (table: Table, key: Row) => Row | undefined,
  write: (table: Table, row: Row, isPut: boolean) => void,
): Rows {
  const get = <T extends Table>(table: T, key: KeyOf<T>) => read(table, key) as RowOf<T> | undefined;
  const need = <T extends Table>(table: T, key: KeyOf<T>) => {
    const row = get(table, key);
    if (row !== undefined) return row;
    throw new CannotApply(`${event.type} needs a row of ${table.name} that does not exist`);
  };
  const put = <T extends Table>(table: T, row: RowOf<T>) => write(table, row, true);
  return {
    get,
    require: need,
    put,
    change: (table, key, columns) => put(table, { ...need(table, key), ...columns }),
    remove: (table, key) => write(table, key, false),
  };
}

/** Each row is owned by one stream: then one stream can be parked, or replayed, alone. */
function requireOwner(table: Table, event: RecordedEvent, stored: Owned | undefined): void {
  if (!stored || stored.stream === event.stream) return;
  throw new CannotApply(
    `${event.type} of ${event.stream} changes a row of ${table.name} that ${stored.stream} owns`,
  );
}

/**
 * The columns of the table and only what Postgres will take and give back unchanged: its refusal would stop the batch. What
 * the row had before was checked then.
 */
function checked(table: Table, row: Row, before: Row | undefined): Row {
  const clean: Record<string, unknown> = {};
  for (const name in table.columns) {
    const value = row[name];
    const column = table.columns[name];
    const isKept = before !== undefined && before[name] === value;
    if (!isKept && !column?.accepts(value)) {
      throw new ValueRefused(`${table.name}.${name} takes ${column?.sqlType}, not ${describe(value)}`);
    }
    clean[name] = value;
  }
  return clean;
}

/** A value that its column does not take. */
export class ValueRefused extends CannotApply {}

function describe(value: unknown): string {
  const shown = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? 'undefined');
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

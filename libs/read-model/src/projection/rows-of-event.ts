import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from './projection.js';
import { CannotApply, ValueRefused } from './refusals.js';
import type { Rows } from './rows.js';
import {
  emptyRow,
  groupText,
  isAt,
  type KeyOf,
  keyText,
  type Row,
  type RowKey,
  type RowOf,
  type Table,
} from './table.js';

/** What one event has changed so far; null is a row removed. */
export type Scratch = Map<Table, Map<string, Row | null>>;

/** A row as the working set holds it. */
interface Owned {
  readonly row: Row;
  readonly stream: string;
}

/** What the working set holds, by the text of the key; `membersOf` a group. */
export interface Stored {
  readonly row: (table: Table, key: string) => Owned | undefined;
  readonly membersOf: (table: Table, group: string) => Iterable<string>;
}

/** An event on its way into rows, and those that it says it touches. */
export interface Applied {
  readonly projection: Projection;
  readonly event: RecordedEvent;
  readonly touched: readonly RowKey[];
}

/** The rows that one event may use; what it does to them goes to `scratch`, so that it counts whole or not at all. */
export function rowsOfEvent(
  { projection, event, touched: allowed }: Applied,
  stored: Stored,
  scratch: Scratch,
): Rows {
  const require = (table: Table, isAllowed: boolean) => {
    if (isAllowed) return;
    throw new CannotApply(
      `${event.type} uses a row of ${table.name} that ${projection.name} does not say it touches`,
    );
  };
  const place = (table: Table, key: Row) => {
    const text = keyText(table, key);
    require(table, allows(allowed, table, text));
    return text;
  };
  const rowAt = (table: Table, text: string): Row | undefined => {
    const changed = scratch.get(table)?.get(text);
    return (changed === undefined ? stored.row(table, text)?.row : changed) ?? undefined;
  };
  const members = (table: Table, key: Row): readonly Row[] => {
    const group = groupText(table, key);
    require(table, allowed.some((one) => one.isGroup && one.table === table && one.text === group));
    const texts = new Set(stored.membersOf(table, group));
    for (const text of scratch.get(table)?.keys() ?? []) if (text.startsWith(group)) texts.add(text);
    const rows = [...texts].map((text) => rowAt(table, text)).filter((row) => row !== undefined);
    return rows.sort((one, other) => compareKeys(table, one, other));
  };
  const write = (table: Table, key: Row, row: Row | null) => {
    const text = place(table, key);
    requireOwner(table, event, stored.row(table, text));
    let changes = scratch.get(table);
    if (!changes) scratch.set(table, (changes = new Map<string, Row | null>()));
    changes.set(text, row);
  };
  return typedRows(event, { read: (table, key) => rowAt(table, place(table, key)), members, write });
}

/** Seldom more than three, so they are looked through. */
function allows(allowed: readonly RowKey[], table: Table, text: string): boolean {
  for (const one of allowed) if (isAt(one, table, text)) return true;
  return false;
}

/** Groups come in the same order from memory and from the database. */
function compareKeys({ key }: Table, one: Row, other: Row): number {
  for (const name of key) {
    const [left, right] = [one[name] as string | number | bigint, other[name] as string | number | bigint];
    if (left < right) return -1;
    if (left > right) return 1;
  }
  return 0;
}

interface Access {
  readonly read: (table: Table, key: Row) => Row | undefined;
  readonly members: (table: Table, key: Row) => readonly Row[];
  /** Null for a row that is removed. */
  readonly write: (table: Table, key: Row, row: Row | null) => void;
}

function typedRows(event: RecordedEvent, { read, members, write }: Access): Rows {
  const get = <T extends Table>(table: T, key: KeyOf<T>) => read(table, key) as RowOf<T> | undefined;
  const need = <T extends Table>(table: T, key: KeyOf<T>) => {
    const row = get(table, key);
    if (row !== undefined) return row;
    throw new CannotApply(`${event.type} needs a row of ${table.name} that does not exist`);
  };
  const put = (table: Table, row: Row) => write(table, row, row);
  return {
    get,
    require: need,
    all: <T extends Table>(table: T, key: Partial<KeyOf<T>>) => members(table, key) as readonly RowOf<T>[],
    put: (table, row) => put(table, checked(table, row, read(table, row))),
    change: (table, key, columns) => put(table, changed(table, need(table, key), columns)),
    remove: (table, key) => write(table, key, null),
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
function checked(table: Table, values: Row, before: Row | undefined): Row {
  const row: Record<string, unknown> = { ...emptyRow(table) };
  for (const name in table.columns) {
    const value = values[name];
    if (before === undefined || before[name] !== value) check(table, name, value);
    row[name] = value;
  }
  return row;
}

/** The same for a row of which only some columns change. */
function changed(table: Table, before: Row, values: Row): Row {
  const row: Record<string, unknown> = { ...before };
  for (const name in values) {
    const value = values[name];
    if (before[name] === value || !Object.hasOwn(table.columns, name)) continue;
    check(table, name, value);
    row[name] = value;
  }
  return row;
}

function check({ name: of, columns }: Table, name: string, value: unknown): void {
  const column = columns[name];
  if (!column?.accepts(value)) throw new ValueRefused(`${of}.${name}`, column?.sqlType, value);
}

import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from './projection.js';
import type { Rows } from './rows.js';
import { type KeyOf, keyText, type Row, type RowOf, type Table } from './table.js';

/** A row as stored: whose it is, and the position of the event that made it what it is. */
export interface StoredRow {
  readonly row: Row;
  readonly stream: string;
  readonly since: bigint;
}

/** A row as it was from `since` until just before `until`. */
export interface PastRow extends StoredRow {
  readonly until: bigint;
}

/** What a batch made of one table: rows to write, keys to delete, and what these rows were in between. */
export interface TableChanges {
  readonly table: Table;
  readonly puts: readonly StoredRow[];
  readonly removes: readonly Row[];
  readonly past: readonly PastRow[];
}

interface Cell {
  readonly stored: StoredRow | null;
  readonly dirty: boolean;
}

/** The rows of one batch: loaded once, folded over, written once. */
export interface WorkingSet {
  load(table: Table, rows: readonly StoredRow[]): void;
  /** Applies one event whole or not at all; throws what the handler throws. */
  apply(projection: Projection, event: RecordedEvent): void;
  /** All rows there are now. */
  rows(table: Table): readonly StoredRow[];
  /** Every change since the set was opened, and forgets that they are changes. */
  takeChanges(): readonly TableChanges[];
}

/** An event that a fold cannot apply, and why. */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';
}

export function openWorkingSet(tables: readonly Table[]): WorkingSet {
  const cells = new Map<Table, Map<string, Cell>>(tables.map((table) => [table, new Map()]));
  const past = new Map<Table, PastRow[]>(tables.map((table) => [table, []]));
  const cellsOf = (table: Table) =>
    mustHave(cells.get(table), `${table.name} is not among the tables of this projection`);

  const merge = (event: RecordedEvent, scratch: Scratch) => {
    for (const [table, changes] of scratch) {
      for (const [key, row] of changes) {
        const before = cellsOf(table).get(key)?.stored;
        if (before) past.get(table)?.push({ ...before, until: event.position });
        const stored = row && { row, stream: event.stream, since: event.position };
        cellsOf(table).set(key, { stored, dirty: true });
      }
    }
  };

  return {
    load: (table, rows) => {
      for (const stored of rows) cellsOf(table).set(keyText(table, stored.row), { stored, dirty: false });
    },
    apply: (projection, event) => {
      const scratch: Scratch = new Map();
      projection.apply(event, rowsFor(projection, event, cellsOf, scratch));
      merge(event, scratch);
    },
    rows: (table) => [...cellsOf(table).values()].flatMap(({ stored }) => stored ?? []),
    takeChanges: () => tables.map((table) => takeTableChanges(table, cellsOf(table), past)),
  };
}

function takeTableChanges(table: Table, cells: Map<string, Cell>, past: Map<Table, PastRow[]>): TableChanges {
  const puts: StoredRow[] = [];
  const removes: Row[] = [];
  for (const [key, cell] of cells) {
    if (!cell.dirty) continue;
    cells.set(key, { ...cell, dirty: false });
    if (cell.stored) puts.push(cell.stored);
    else removes.push(keyFromText(table, key));
  }
  const changes = { table, puts, removes, past: past.get(table) ?? [] };
  past.set(table, []);
  return changes;
}

const keyFromText = (table: Table, key: string): Row =>
  Object.fromEntries(key.split('\0').map((value, index) => [table.key[index] ?? '', value]));

/** What one event has changed so far; null is a row removed. */
type Scratch = Map<Table, Map<string, Row | null>>;

function rowsFor(
  projection: Projection,
  event: RecordedEvent,
  cellsOf: (table: Table) => ReadonlyMap<string, Cell>,
  scratch: Scratch,
): Rows {
  const allowed = new Set(
    projection.touches(event).map(({ table, key }) => `${table.name}\0${keyText(table, key)}`),
  );
  const place = (table: Table, key: Row) => {
    const text = keyText(table, key);
    if (allowed.has(`${table.name}\0${text}`)) return text;
    throw new CannotApply(
      `${event.type} uses a row of ${table.name} that ${projection.name} does not say it touches`,
    );
  };
  const read = (table: Table, key: Row): Row | undefined => {
    const text = place(table, key);
    const changed = scratch.get(table)?.get(text);
    return (changed === undefined ? cellsOf(table).get(text)?.stored?.row : changed) ?? undefined;
  };
  const write = (table: Table, key: Row, row: Row | null) => {
    const text = place(table, key);
    requireOwner(table, event, cellsOf(table).get(text)?.stored);
    const changes = scratch.get(table) ?? new Map<string, Row | null>();
    scratch.set(table, changes.set(text, row));
  };
  return typedRows(event, read, write);
}

function typedRows(
  event: RecordedEvent,
  read: (table: Table, key: Row) => Row | undefined,
  write: (table: Table, key: Row, row: Row | null) => void,
): Rows {
  const get = <T extends Table>(table: T, key: KeyOf<T>) => read(table, key) as RowOf<T> | undefined;
  const need = <T extends Table>(table: T, key: KeyOf<T>) =>
    mustHave(get(table, key), `${event.type} needs a row of ${table.name} that does not exist`);
  const put = <T extends Table>(table: T, row: RowOf<T>) => write(table, row, checked(table, row));
  return {
    get,
    require: need,
    put,
    change: (table, key, columns) => put(table, { ...need(table, key), ...columns }),
    remove: (table, key) => write(table, key, null),
  };
}

/** Each row is owned by one stream: then one stream can be parked, or replayed, alone. */
function requireOwner(table: Table, event: RecordedEvent, stored: StoredRow | null | undefined): void {
  if (!stored || stored.stream === event.stream) return;
  throw new CannotApply(
    `${event.type} of ${event.stream} changes a row of ${table.name} that ${stored.stream} owns`,
  );
}

/** The columns of the table and only what Postgres will take and give back unchanged: its refusal would stop the batch. */
function checked(table: Table, row: Row): Row {
  const columns = Object.entries(table.columns).map(([name, column]) => {
    if (column.accepts(row[name])) return [name, row[name]] as const;
    throw new CannotApply(`${table.name}.${name} takes ${column.sqlType}, not ${describe(row[name])}`);
  });
  return Object.freeze(Object.fromEntries(columns));
}

function describe(value: unknown): string {
  const shown = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? 'undefined');
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

function mustHave<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new CannotApply(message);
  return value;
}

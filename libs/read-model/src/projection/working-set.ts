import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from './projection.js';
import { CannotApply } from './refusals.js';
import { rowsOfEvent, type Scratch, type Stored } from './rows-of-event.js';
import { groupOf, keyText, type Row, type RowKey, type Table } from './table.js';

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

/** What a batch made of one table, and what its rows were in between. */
export interface TableChanges {
  readonly table: Table;
  readonly inserts: readonly StoredRow[];
  readonly updates: readonly StoredRow[];
  readonly removes: readonly Row[];
  readonly past: readonly PastRow[];
}

interface Cell {
  readonly stored: StoredRow | null;
  /** Whether the table holds a row of this key, as far as changes were taken. */
  readonly persisted: boolean;
}

/** What is known of one table, and what of it has changed. */
interface Known {
  readonly cells: Map<string, Cell>;
  readonly dirty: Set<string>;
  past: PastRow[];
  /** Of a grouped table: the keys of `cells` by group, and the groups of which all rows are in `cells`. */
  readonly members: Map<string, Set<string>>;
  readonly whole: Set<string>;
}

/** Rows in memory: loaded, folded over, written. */
export interface WorkingSet {
  load(table: Table, rows: readonly StoredRow[]): void;
  /** Says that all rows of the groups among these were loaded. */
  loadedGroups(keys: readonly RowKey[]): void;
  /** Whether the row, or all of the group, or that there is none, is known here. */
  knows(key: RowKey): boolean;
  /** Applies one event whole or not at all; throws what the handler throws. `touched`: what it touches, if that is known. */
  apply(projection: Projection, event: RecordedEvent, touched?: readonly RowKey[]): void;
  /** All rows there are now. */
  rows(table: Table): readonly StoredRow[];
  /** Every change since the last time, and forgets that they are changes. */
  takeChanges(): readonly TableChanges[];
  /**
   * Forgets unchanged rows, those first that were used first, down to about so many bytes, of each table as large a part, and
   * tells which. `weigh` says how many bytes a row of a table takes.
   */
  shrink(
    bytes: number,
    weigh: (table: Table) => number,
    onForgotten: (table: Table, key: string) => void,
  ): void;
}

export function openWorkingSet(tables: readonly Table[]): WorkingSet {
  const known = new Map<Table, Known>(tables.map((table) => [table, nothingKnown()]));
  const of = (table: Table): Known => {
    const found = known.get(table);
    if (found) return found;
    throw new CannotApply(`${table.name} is not among the tables of this projection`);
  };
  const stored: Stored = {
    row: (table, key) => of(table).cells.get(key)?.stored ?? undefined,
    membersOf: (table, group) => of(table).members.get(group) ?? [],
  };
  return {
    load: (table, rows) => {
      const ofTable = of(table);
      for (const stored of rows)
        setCell(table, ofTable, keyText(table, stored.row), { stored, persisted: true });
    },
    loadedGroups: (keys) => {
      for (const { table, text, isGroup } of keys) if (isGroup) of(table).whole.add(text);
    },
    knows: ({ table, text, isGroup }) => (isGroup ? of(table).whole.has(text) : of(table).cells.has(text)),
    apply: (projection, event, touched = projection.touches(event)) => {
      const scratch: Scratch = new Map();
      projection.apply(event, rowsOfEvent({ projection, event, touched }, stored, scratch));
      for (const [table, changes] of scratch) merge(table, of(table), event, changes);
    },
    rows: (table) => [...of(table).cells.values()].flatMap(({ stored }) => stored ?? []),
    takeChanges: () => tables.map((table) => takeTableChanges(table, of(table))),
    shrink: (limit, weigh, onForgotten) => {
      const held = [...known].reduce((sum, [table, of]) => sum + unchanged(of) * weigh(table), 0);
      if (held <= limit) return;
      for (const [table, ofTable] of known) {
        forget(ofTable, (unchanged(ofTable) * limit) / held, (key, hadRow) => {
          if (table.grouped) forgetMember(ofTable, key);
          if (hadRow) onForgotten(table, key);
        });
        forgetEmptyGroups(ofTable);
      }
    },
  };
}

const nothingKnown = (): Known => ({
  cells: new Map(),
  dirty: new Set(),
  past: [],
  members: new Map(),
  whole: new Set(),
});

function setCell({ grouped }: Table, known: Known, key: string, cell: Cell): void {
  const { cells, members } = known;
  cells.set(key, cell);
  if (!grouped) return;
  const group = groupOf(key);
  const found = members.get(group);
  if (found) found.add(key);
  else members.set(group, new Set([key]));
}

function merge(
  table: Table,
  known: Known,
  event: RecordedEvent,
  changes: ReadonlyMap<string, Row | null>,
): void {
  for (const [key, row] of changes) {
    const before = known.cells.get(key);
    if (before?.stored) known.past.push({ ...before.stored, until: event.position });
    const stored = row && { row, stream: event.stream, since: event.position };
    // Moves to the end: what was used last is forgotten last.
    known.cells.delete(key);
    setCell(table, known, key, { stored, persisted: before?.persisted ?? false });
    known.dirty.add(key);
  }
}

function takeTableChanges(table: Table, known: Known): TableChanges {
  const { cells, dirty, past } = known;
  const inserts: StoredRow[] = [];
  const updates: StoredRow[] = [];
  const removes: Row[] = [];
  for (const key of dirty) {
    const { stored = null, persisted = false } = cells.get(key) ?? {};
    if (stored) (persisted ? updates : inserts).push(stored);
    else if (persisted) removes.push(keyFromText(table, key));
    if (persisted !== (stored !== null)) cells.set(key, { stored, persisted: stored !== null });
  }
  dirty.clear();
  known.past = [];
  return { table, inserts, updates, removes, past };
}

const keyFromText = (table: Table, key: string): Row =>
  Object.fromEntries(key.split('\0').map((value, index) => [table.key[index] ?? '', value]));

/** How many rows may be forgotten. */
const unchanged = ({ cells, dirty }: Known): number => cells.size - dirty.size;

function forget(known: Known, rows: number, onForgotten: (key: string, hadRow: boolean) => void): void {
  const { cells, dirty } = known;
  for (const [key, { stored }] of cells) {
    if (unchanged(known) <= rows) break;
    if (dirty.has(key)) continue;
    cells.delete(key);
    onForgotten(key, stored !== null);
  }
}

/** Groups that are known to have no rows: no row of theirs will ever be forgotten and take them along. */
function forgetEmptyGroups({ members, whole }: Known): void {
  for (const group of whole) if (!members.has(group)) whole.delete(group);
}

function forgetMember({ members, whole }: Known, key: string): void {
  const group = groupOf(key);
  whole.delete(group);
  const found = members.get(group);
  found?.delete(key);
  if (found?.size === 0) members.delete(group);
}

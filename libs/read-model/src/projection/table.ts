import type { Column } from './columns.js';
import { ValueRefused } from './refusals.js';

export type Columns = Readonly<Record<string, Column<unknown>>> & { readonly tenantId: Column<string> };

type ValueOf<C> = C extends Column<infer Value> ? Value : never;

/** An index that a query needs. */
export interface Index<Name extends string = string> {
  readonly on: readonly Name[];
  readonly using?: 'btree' | 'gin';
  /** Also of what rows were before, for as-of queries that look for single rows by it. */
  readonly past?: boolean;
}

/**
 * At most one row per `by` among those that satisfy `where`: the second lock, the aggregate is the first. Checked at commit,
 * since a batch passes through states.
 */
export interface AtMostOne<Name extends string = string> {
  readonly by: readonly Name[];
  readonly where: string;
}

export interface Table<
  Name extends string = string,
  C extends Columns = Columns,
  Key extends string = string,
> {
  readonly name: Name;
  readonly columns: C;
  readonly key: readonly Key[];
  readonly indexes: readonly Index[];
  readonly atMostOne: readonly AtMostOne[];
  /** Whether a fold may touch all rows at once that share the first column of the key, however many there are. */
  readonly grouped: boolean;
}

export type RowOf<T> = T extends Table<string, infer C> ? { readonly [K in keyof C]: ValueOf<C[K]> } : never;

export type KeyOf<T> =
  T extends Table<string, infer C, infer Key> ? { readonly [K in Key & keyof C]: ValueOf<C[K]> } : never;

/** Any row, when the table is not known at compile time. */
export type Row = Readonly<Record<string, unknown>>;

const emptyRows = new WeakMap<Table, Row>();

/**
 * A row whose columns have no values yet, to be copied. V8 takes an object that is filled name by name for a hash table
 * from a dozen names on, and copies of it too: rows are then slow and large. What was parsed has a fixed layout.
 */
export function emptyRow(of: Table): Row {
  const known = emptyRows.get(of);
  if (known) return known;
  const names = Object.keys(of.columns).map((name) => `${JSON.stringify(name)}:null`);
  const row = JSON.parse(`{${names.join()}}`) as Row;
  emptyRows.set(of, row);
  return row;
}

/** The place of one row, or of all rows of a group. */
export interface RowKey {
  readonly table: Table;
  readonly key: Row;
  /** The key's text; of a group, the text that its keys begin with. */
  readonly text: string;
  readonly isGroup: boolean;
}

/** Names: lower case letters, digits and `_`; columns in camelCase, which are snake_case in SQL. */
export function table<
  const Name extends string,
  const C extends Columns,
  const Key extends keyof C & string,
>(spec: {
  readonly name: Name;
  readonly columns: C;
  readonly key: readonly Key[];
  readonly indexes?: readonly Index<keyof C & string>[];
  readonly atMostOne?: readonly AtMostOne<keyof C & string>[];
  readonly grouped?: boolean;
}): Table<Name, C, Key> {
  return Object.freeze({ indexes: [], atMostOne: [], grouped: false, ...spec });
}

/** The place of a row, for `touches`. @throws ValueRefused for a key that Postgres would refuse to look for */
export function rowKey<T extends Table>(of: T, key: KeyOf<T>): RowKey {
  for (const name of of.key) requireKey(of, name, key);
  return { table: of, key, text: keyText(of, key), isGroup: false };
}

/** The place of all rows of a grouped table that have this first column of the key, for `touches`. @throws ValueRefused */
export function rowGroup<T extends Table>(of: T, key: Partial<KeyOf<T>>): RowKey {
  requireKey(of, of.key[0] ?? '', key);
  return { table: of, key, text: groupText(of, key), isGroup: true };
}

/** The log is not typed: one event with such a key would stop the look-up of all the others of its batch. */
function requireKey({ name: table, columns }: Table, name: string, key: Row): void {
  const column = columns[name];
  if (!column?.accepts(key[name])) throw new ValueRefused(`${table}.${name}`, column?.sqlType, key[name]);
}

/** The text under which a row is kept in memory. Keys are texts, numbers and bigints. */
export function keyText(of: Table, row: Row): string {
  const { key } = of;
  let text = String(row[key[0] ?? '']);
  for (let at = 1; at < key.length; at += 1) text += SEPARATOR + String(row[key[at] ?? '']);
  return text;
}

const SEPARATOR = '\0';

export const groupText = ({ key: [first = ''] }: Table, row: Row): string =>
  `${String(row[first])}${SEPARATOR}`;

/** The group that a row of this key belongs to. */
export const groupOf = (key: string): string => key.slice(0, key.indexOf(SEPARATOR) + 1);

/** Whether the row of this key is at that place, or of that group. */
export const isAt = (place: RowKey, of: Table, key: string): boolean =>
  place.table === of && (place.isGroup ? key.startsWith(place.text) : key === place.text);

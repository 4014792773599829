import type { Projection } from '../projection/projection.js';
import type { RowOf, Table } from '../projection/table.js';

/** One of the builds of a projection: the same rows, made once more. Numbers are never used again. */
export interface BuildRef {
  readonly projection: string;
  readonly version: number;
  readonly build: number;
}

type Snake<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}_${Snake<Tail>}`
  : Text;

/** `<projection>_v<version>`, and `…_<table>` for tables that do not carry the projection's own name. */
export type ViewName<Name extends string, Version extends number, TableName extends string> =
  TableName extends Snake<Name> ? `${Snake<Name>}_v${Version}` : `${Snake<Name>}_v${Version}_${TableName}`;

/** The views of a projection, as Kysely wants to know them. */
export type ViewsOf<P> =
  P extends Projection<infer Name, infer Version, infer Tables>
    ? { [T in Tables[number] as ViewName<Name, Version, T['name']>]: RowOf<T> }
    : never;

const snake = (kebab: string): string => kebab.replaceAll('-', '_');

export const buildSchema = ({ projection, build }: BuildRef): string => `${snake(projection)}__${build}`;

export function viewName({ name, version }: Projection, table: Table): string {
  const base = `${snake(name)}_v${version}`;
  return table.name === snake(name) ? base : `${base}_${table.name}`;
}

const columnNames = new Map<string, string>();

/** `changedAt` is `changed_at` in SQL. Columns that begin with `_` are the engine's own. */
export function columnName(name: string): string {
  const known = columnNames.get(name);
  if (known !== undefined) return known;
  const made = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  columnNames.set(name, made);
  return made;
}

/** The table of what rows were before: as-of lists read it. */
export const pastTable = (table: Table): string => `${table.name}__past`;

/** Quotes an identifier. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

import type { Row, Table } from './table.js';

/** What the engine keeps beside a row: its key, its place in maps and sets, its stream. Measured, as all of these. */
const ROW = 300;
const VALUE = 24;
const TEXT = 24;

/** About how many bytes a row takes in memory; wrong by a third at most for rows of scripts, versions and runs. */
export function sizeOfRow({ columns }: Table, row: Row | undefined): number {
  let bytes = ROW;
  if (row === undefined) return bytes;
  for (const name in columns) bytes += VALUE + sizeOf(row[name]);
  return bytes;
}

/** Of what is not kept in place. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return TEXT + value.length;
  if (typeof value === 'bigint') return TEXT;
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = VALUE;
  for (const name in value) bytes += VALUE + sizeOf((value as Readonly<Record<string, unknown>>)[name]);
  return bytes;
}

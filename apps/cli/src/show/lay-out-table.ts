import stringWidth from 'string-width';
import type { Paint } from './paint.js';

const GAP = '  ';

const padTo = (cell: string, width: number): string =>
  cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));

/** Rows under a heading, columns aligned by what a terminal shows; the last column is left ragged. */
export function layOutTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const all = [headings.map((heading) => paint.bold(heading)), ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, widths[column] ?? 0)))
      .join(GAP);
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/** `name  value` lines; entries without a value are left out. */
export function layOutFields(
  fields: readonly (readonly [name: string, value: string | null])[],
  paint: Paint,
): string {
  const present = fields.filter((field): field is readonly [string, string] => field[1] !== null);
  const width = Math.max(...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${paint.bold(name.padEnd(width))}${GAP}${value}`).join('\n');
}

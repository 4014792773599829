import type { Column } from '../projection/columns.js';
import type { Table } from '../projection/table.js';
import type { PastRow, StoredRow } from '../projection/working-set.js';

/** COPY's text format: a line per row, columns by tab, `\N` for null, and what would be mistaken for these escaped. */
const NULL = String.raw`\N`;
const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': String.raw`\\`,
  '\t': String.raw`\t`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
};

const escape = (text: string): string =>
  SPECIAL.test(text) ? text.replace(SPECIAL, (special) => ESCAPES[special] ?? special) : text;

/** An array literal of Postgres: every element quoted, so that no word is taken for NULL. */
const arrayText = (items: readonly unknown[]): string =>
  `{${items.map((item) => `"${String(item).replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;

function valueText({ sqlType }: Column<unknown>, value: unknown): string {
  if (value === null || value === undefined) return NULL;
  if (sqlType === 'jsonb') return escape(JSON.stringify(value));
  if (typeof value === 'string') return escape(value);
  if (Array.isArray(value)) return escape(arrayText(value));
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value);
}

/** The lines of these rows, in the order of the columns of `rowSql`. */
export function copyText(table: Table, rows: readonly StoredRow[]): string {
  const columns = Object.entries(table.columns);
  return rows.map((stored) => `${line(columns, stored)}\n`).join('');
}

export function copyPastText(table: Table, rows: readonly PastRow[]): string {
  const columns = Object.entries(table.columns);
  return rows.map((stored) => `${line(columns, stored)}\t${stored.until}\n`).join('');
}

function line(
  columns: readonly (readonly [string, Column<unknown>])[],
  { row, stream, since }: StoredRow,
): string {
  let text = '';
  for (const [name, column] of columns) text += `${valueText(column, row[name])}\t`;
  return `${text}${escape(stream)}\t${since}`;
}

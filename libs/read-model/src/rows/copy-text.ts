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

/** Most JSON of a row is that of the row before it, unchanged: the very same object. */
const jsonTexts = new WeakMap<object, string>();

function jsonText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escape(JSON.stringify(value));
  const known = jsonTexts.get(value);
  if (known !== undefined) return known;
  const text = escape(JSON.stringify(value));
  jsonTexts.set(value, text);
  return text;
}

/** How the values of a column are written, null apart. */
function writerOf({ sqlType }: Column<unknown>): (value: unknown) => string {
  if (sqlType === 'jsonb') return jsonText;
  if (sqlType === 'uuid' || sqlType === 'timestamptz') return String;
  if (sqlType === 'text') return (value) => escape(String(value));
  if (sqlType === 'text[]') return (value) => escape(arrayText(value as readonly unknown[]));
  return String;
}

type LineOf = (stored: StoredRow) => string;

const lines = new WeakMap<Table, LineOf>();

/** Writes a row in the order of the columns of `rowSql`, without what ends the line. */
function lineOf(table: Table): LineOf {
  const known = lines.get(table);
  if (known) return known;
  const columns = Object.entries(table.columns).map(
    ([name, column]) => ({ name, text: writerOf(column) }) as const,
  );
  const line: LineOf = ({ row, stream, since }) => {
    let text = '';
    for (const column of columns) {
      const value = row[column.name];
      text += value === null || value === undefined ? NULL : column.text(value);
      text += '\t';
    }
    return `${text}${escape(stream)}\t${since}`;
  };
  lines.set(table, line);
  return line;
}

/** So that a page of large rows is never one text. */
const PIECE = 512 * 1024;

/** The lines of these rows, many at a time. */
export function copyText(table: Table, rows: readonly StoredRow[]): Generator<string> {
  const line = lineOf(table);
  return inPieces(rows, (stored) => `${line(stored)}\n`);
}

export function copyPastText(table: Table, rows: readonly PastRow[]): Generator<string> {
  const line = lineOf(table);
  return inPieces(rows, (stored) => `${line(stored)}\t${stored.until}\n`);
}

function* inPieces<Stored>(rows: readonly Stored[], line: (stored: Stored) => string): Generator<string> {
  let text = '';
  for (const stored of rows) {
    text += line(stored);
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

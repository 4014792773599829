import type { Column } from '../projection/columns.js';
import { keyText, type Row, type Table } from '../projection/table.js';
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

const jsonText = (value: unknown): string => escape(JSON.stringify(value));

/** How the values of a column are written, null apart. */
function writerOf({ sqlType }: Column<unknown>): (value: unknown) => string {
  if (sqlType === 'jsonb') return jsonText;
  if (sqlType === 'uuid' || sqlType === 'timestamptz') return String;
  if (sqlType === 'text') return (value) => escape(String(value));
  if (sqlType === 'text[]') return (value) => escape(arrayText(value as readonly unknown[]));
  return String;
}

type TextOf = readonly (readonly [name: string, text: (value: unknown) => string])[];

const writers = new WeakMap<Table, TextOf>();

/** In the order of the columns of `rowSql`. */
function writersOf(table: Table): TextOf {
  const known = writers.get(table);
  if (known) return known;
  const made = Object.entries(table.columns).map(([name, column]) => [name, writerOf(column)] as const);
  writers.set(table, made);
  return made;
}

/** A row as it was written: the texts of its columns, of its stream, and since when it is so. */
interface Written {
  readonly row: Row;
  readonly texts: string[];
}

/** Writes rows of one table as lines, many at a time. */
export interface CopyText {
  readonly now: (rows: readonly StoredRow[]) => Generator<string>;
  readonly past: (rows: readonly PastRow[]) => Generator<string>;
}

/** Characters of lines whose texts are kept at most. */
const KEPT = 4 * 1024 * 1024;

/** Most of a row is that of the same row before it: what was written of it is kept for as long as this is. */
export function copyText(table: Table): CopyText {
  const columns = writersOf(table);
  const last = new Map<string, Written>();
  let kept = 0;
  const lineOf = ({ row, stream, since }: StoredRow): string => {
    const key = keyText(table, row);
    const before = last.get(key);
    const texts = columns.map(([name, text], index) => {
      const value = row[name];
      if (before !== undefined && before.row[name] === value) return before.texts[index] ?? NULL;
      return value === null || value === undefined ? NULL : text(value);
    });
    const line = `${texts.join('\t')}\t${escape(stream)}\t${since}`;
    kept += line.length;
    if (kept > KEPT) {
      last.clear();
      kept = line.length;
    }
    last.set(key, { row, texts });
    return line;
  };
  return {
    now: (rows) => inPieces(rows, (stored) => `${lineOf(stored)}\n`),
    past: (rows) => inPieces(rows, (stored) => `${lineOf(stored)}\t${stored.until}\n`),
  };
}

/** So that a page of large rows is never one text. */
const PIECE = 512 * 1024;

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

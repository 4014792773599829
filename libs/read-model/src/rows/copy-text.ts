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
  readonly now: (rows: readonly StoredRow[]) => Generator<Buffer>;
  readonly past: (rows: readonly PastRow[]) => Generator<Buffer>;
}

/** Characters of lines whose texts are kept at most. */
const KEPT = 4 * 1024 * 1024;

/**
 * Most of a row is that of the same row before it: what was written of what it was is kept for as long as this is. So the
 * past is written first.
 */
export function copyText(table: Table): CopyText {
  const columns = writersOf(table);
  const last = new Map<string, Written>();
  let kept = 0;
  const textsOf = (row: Row, before: Written | undefined): string[] =>
    columns.map(([name, text], index) => {
      const value = row[name];
      if (before !== undefined && before.row[name] === value) return before.texts[index] ?? NULL;
      return value === null || value === undefined ? NULL : text(value);
    });
  const lineOf = (texts: readonly string[], { stream, since }: StoredRow): string =>
    `${texts.join('\t')}\t${escape(stream)}\t${since}`;
  const keep = (key: string, written: Written, { length }: string) => {
    kept += length;
    if (kept > KEPT) {
      last.clear();
      kept = length;
    }
    last.set(key, written);
  };
  return {
    now: (rows) =>
      inPieces(rows, (stored) => {
        const before = last.size === 0 ? undefined : last.get(keyText(table, stored.row));
        return `${lineOf(textsOf(stored.row, before), stored)}\n`;
      }),
    past: (rows) =>
      inPieces(rows, (stored) => {
        const key = keyText(table, stored.row);
        const texts = textsOf(stored.row, last.get(key));
        const line = lineOf(texts, stored);
        keep(key, { row: stored.row, texts }, line);
        return `${line}\t${stored.until}\n`;
      }),
  };
}

/** So that a page of large rows is never one text. */
const PIECE = 256 * 1024;
/** Bytes of a row, about: few rows need no whole piece. */
const ROW = 1024;
/** The most bytes of UTF-8 that one unit of a text takes. */
const WIDEST = 3;

/** Each line goes right to where it is sent from: a text of many lines would be put together once more for that. */
function* inPieces<Stored>(rows: readonly Stored[], lineOf: (stored: Stored) => string): Generator<Buffer> {
  let piece = Buffer.alloc(0);
  let end = 0;
  for (const [index, stored] of rows.entries()) {
    const line = lineOf(stored);
    const most = line.length * WIDEST;
    if (most > piece.length - end) {
      if (end > 0) yield piece.subarray(0, end);
      piece = Buffer.allocUnsafe(Math.max(most, Math.min(PIECE, (rows.length - index) * ROW)));
      end = 0;
    }
    end += piece.write(line, end);
  }
  if (end > 0) yield piece.subarray(0, end);
}

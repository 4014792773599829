import type { Table } from '../projection/table.js';

/** What rows of each table take in memory, as far as can be told from what was written of them. */
export interface RowWeights {
  /** So many rows came to so many bytes of text. */
  readonly note: (table: Table, rows: number, bytes: number) => void;
  /** Of one row on average, bytes; wrong by a third at most for rows of scripts, versions and runs. */
  readonly of: (table: Table) => number;
}

/** What the engine keeps beside a row: its key, its place in maps and sets, its stream. Measured, as all of these. */
const ROW = 300;
const VALUE = 24;
/** Of a byte of text, with what is kept beside names and values of JSON. */
const BYTE = 2;
/** From when on old rows count half: a log may come to larger ones. */
const MANY = 10_000;

/**
 * Rows are written anyway, so that their size costs nothing to know; measured one by one, they took a tenth of the time of a
 * rebuild.
 */
export function rowWeights(): RowWeights {
  const written = new Map<Table, { readonly rows: number; readonly bytes: number }>();
  return {
    note: (table, rows, bytes) => {
      const before = written.get(table) ?? { rows: 0, bytes: 0 };
      const share = before.rows > MANY ? 0.5 : 1;
      written.set(table, { rows: before.rows * share + rows, bytes: before.bytes * share + bytes });
    },
    of: (table) => {
      const { rows, bytes } = written.get(table) ?? { rows: 0, bytes: 0 };
      const text = rows === 0 ? 0 : bytes / rows;
      return ROW + VALUE * Object.keys(table.columns).length + BYTE * text;
    },
  };
}

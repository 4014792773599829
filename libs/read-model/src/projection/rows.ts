import type { KeyOf, RowOf, Table } from './table.js';

/** The rows that an event may look at and change: those its handler `touches`. */
export interface Rows {
  get<T extends Table>(table: T, key: KeyOf<T>): RowOf<T> | undefined;
  /** The row; throws when there is none, which parks the stream. */
  require<T extends Table>(table: T, key: KeyOf<T>): RowOf<T>;
  /** All rows of a group, in the order of their keys. */
  all<T extends Table>(table: T, key: Partial<KeyOf<T>>): readonly RowOf<T>[];
  put<T extends Table>(table: T, row: RowOf<T>): void;
  /** Puts the row with some columns changed; throws when there is none, which parks the stream. */
  change<T extends Table>(table: T, key: KeyOf<T>, columns: Partial<RowOf<T>>): void;
  remove<T extends Table>(table: T, key: KeyOf<T>): void;
}

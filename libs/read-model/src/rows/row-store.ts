import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BuildRef } from '../database/names.js';
import type { Projection } from '../projection/projection.js';
import { groupOf, type RowKey, type Table } from '../projection/table.js';
import {
  openWorkingSet,
  type StoredRow,
  type TableChanges,
  type WorkingSet,
} from '../projection/working-set.js';
import { copyText } from './copy-text.js';
import { rowSql } from './row-sql.js';
import { rowWeights } from './row-weights.js';
import { type SeenKeys, seenKeys } from './seen-keys.js';
import { type BuildSql, loadRows, saveRows } from './stored-rows.js';

/** Where the rows of a batch come from and go to: the one thing in which live and rebuild differ. */
export interface RowStore {
  /** A set in which these rows are loaded, if there is anything to load. In the transaction of the batch. */
  open(keys: () => readonly RowKey[]): Promise<WorkingSet>;
  /** The same set when nothing has to be loaded for these rows, what is not yet written included. */
  openKnown(keys: () => readonly RowKey[]): WorkingSet | undefined;
  save(changes: readonly TableChanges[]): Promise<void>;
  /** After the transaction: whether what was saved is there now. */
  settle(committed: boolean): void;
}

const known = new WeakMap<BuildRef, BuildSql>();

/** The statements of a build, by table. */
export function statementsOf(build: BuildRef, { tables }: Projection): BuildSql {
  const statements = known.get(build) ?? new Map(tables.map((table) => [table, rowSql(build, table)]));
  known.set(build, statements);
  return statements;
}

/** Live: each batch loads what it touches and writes it back. */
export function freshRows(client: pg.Client, build: BuildRef, projection: Projection): RowStore {
  const statements = statementsOf(build, projection);
  return {
    open: async (keys) => {
      const set = openWorkingSet(projection.tables);
      await loadRows(client, statements, keys(), set);
      return set;
    },
    openKnown: () => undefined,
    save: (changes) => saveRows(client, statements, changes),
    settle: () => undefined,
  };
}

/**
 * Rebuild: rows stay in memory between batches, about as many as take `bytes`; new ones are copied in, others updated. In a build
 * that began empty, what is neither in memory nor was ever forgotten does not exist, so it is not asked for.
 */
export function cachedRows(
  client: pg.Client,
  build: BuildRef,
  projection: Projection,
  { bytes, isEmpty }: { readonly bytes: number; readonly isEmpty: () => boolean },
): RowStore {
  const statements = statementsOf(build, projection);
  let set = openWorkingSet(projection.tables);
  const weights = rowWeights();
  let forgotten: SeenKeys | undefined;
  let isKnownWhole: boolean | undefined;
  const textOf = ({ name }: Table, key: string): string => `${name}\0${key}`;
  const mayExist = ({ table, text }: RowKey): boolean =>
    !isKnownWhole || forgotten?.has(textOf(table, text)) === true;
  const remember = (table: Table, key: string) => {
    forgotten ??= seenKeys();
    forgotten.add(textOf(table, key));
    if (table.grouped) forgotten.add(textOf(table, groupOf(key)));
  };
  const unknownAmong = (keys: () => readonly RowKey[]): readonly RowKey[] => {
    isKnownWhole ??= isEmpty();
    return isKnownWhole && !forgotten ? [] : keys().filter((key) => !set.knows(key) && mayExist(key));
  };
  return {
    open: async (keys) => {
      await loadRows(client, statements, unknownAmong(keys), set);
      return set;
    },
    openKnown: (keys) => (unknownAmong(keys).length === 0 ? set : undefined),
    save: async (changes) => {
      await saveRows(
        client,
        statements,
        changes.map((change) => ({ ...change, inserts: [], past: [] })),
      );
      for (const { table, inserts, past } of changes) {
        const { copy = '', copyPast = '' } = statements.get(table) ?? {};
        const text = copyText(table);
        const copyAll = async (statement: string, rows: readonly StoredRow[], lines: Iterable<Buffer>) => {
          if (rows.length > 0) weights.note(table, rows.length, await copyIn(client, statement, lines));
        };
        await copyAll(copyPast, past, text.past(past));
        await copyAll(copy, inserts, text.now(inserts));
      }
    },
    settle: (committed) => {
      if (!committed) {
        set = openWorkingSet(projection.tables);
        isKnownWhole = false;
        return;
      }
      set.shrink(bytes, weights.of, remember);
    },
  };
}

/** How many bytes they were. */
async function copyIn(client: pg.Client, statement: string, lines: Iterable<Buffer>): Promise<number> {
  let bytes = 0;
  const counted = function* () {
    for (const piece of lines) {
      bytes += piece.length;
      yield piece;
    }
  };
  await pipeline(counted, client.query(copyFrom(statement)));
  return bytes;
}

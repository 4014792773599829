import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BuildRef } from '../database/names.js';
import type { Projection } from '../projection/projection.js';
import type { RowKey } from '../projection/table.js';
import { openWorkingSet, type TableChanges, type WorkingSet } from '../projection/working-set.js';
import { copyPastText, copyText } from './copy-text.js';
import { rowSql } from './row-sql.js';
import { type BuildSql, loadRows, saveRows } from './stored-rows.js';

/** Where the rows of a batch come from and go to: the one thing in which live and rebuild differ. */
export interface RowStore {
  /** A set in which these rows are loaded. In the transaction of the batch. */
  open(keys: readonly RowKey[]): Promise<WorkingSet>;
  save(changes: readonly TableChanges[]): Promise<void>;
  /** After the transaction: whether what was saved is there now. */
  settle(committed: boolean): void;
}

const statementsOf = (build: BuildRef, { tables }: Projection): BuildSql =>
  new Map(tables.map((table) => [table, rowSql(build, table)]));

/** Live: each batch loads what it touches and writes it back. */
export function freshRows(client: pg.Client, build: BuildRef, projection: Projection): RowStore {
  const statements = statementsOf(build, projection);
  return {
    open: async (keys) => {
      const set = openWorkingSet(projection.tables);
      for (const [table, rows] of await loadRows(client, statements, keys)) set.load(table, rows);
      return set;
    },
    save: (changes) => saveRows(client, statements, changes),
    settle: () => undefined,
  };
}

/**
 * Rebuild: rows stay in memory between batches, at most about `limit`; new ones are copied in, others updated. As long as
 * none was forgotten, what is not in memory does not exist, so nothing has to be asked.
 */
export function cachedRows(
  client: pg.Client,
  build: BuildRef,
  projection: Projection,
  { limit, isEmpty }: { readonly limit: number; readonly isEmpty: () => boolean },
): RowStore {
  const statements = statementsOf(build, projection);
  let set = openWorkingSet(projection.tables);
  let complete: boolean | undefined;
  return {
    open: async (keys) => {
      complete ??= isEmpty();
      const unknown = complete ? [] : keys.filter((key) => !set.knows(key));
      for (const [table, rows] of await loadRows(client, statements, unknown)) set.load(table, rows);
      return set;
    },
    save: async (changes) => {
      await saveRows(
        client,
        statements,
        changes.map((change) => ({ ...change, inserts: [], past: [] })),
      );
      for (const { table, inserts, past } of changes) {
        const { copy = '', copyPast = '' } = statements.get(table) ?? {};
        if (inserts.length > 0) await copyIn(client, copy, copyText(table, inserts));
        if (past.length > 0) await copyIn(client, copyPast, copyPastText(table, past));
      }
    },
    settle: (committed) => {
      if (!committed) {
        set = openWorkingSet(projection.tables);
        complete = false;
      } else if (set.shrink(limit)) complete = false;
    },
  };
}

async function copyIn(client: pg.Client, statement: string, text: string): Promise<void> {
  const stream = client.query(copyFrom(statement));
  stream.end(text);
  await finished(stream);
}

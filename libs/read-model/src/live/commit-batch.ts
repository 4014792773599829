import { type Checkpoint, consideredOf, moveCheckpoint } from '../database/checkpoint.js';
import { inTransaction, type Sql } from '../database/connect.js';
import type { BuildRef } from '../database/names.js';
import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from '../projection/projection.js';
import { openWorkingSet } from '../projection/working-set.js';
import { foldEvents, touchedKeys } from '../projection/fold-events.js';
import type { Refusal } from '../projection/refusals.js';
import { loadRows, saveChanges } from './stored-rows.js';

export interface Committed {
  readonly checkpoint: Checkpoint;
  /** How many events were considered. */
  readonly events: number;
  /** Why the rest of the batch was not: what came before it is committed. */
  readonly refusal: Refusal | undefined;
}

/** Folds a batch over its rows and writes rows and checkpoint in one transaction: both, or neither. */
export async function commitBatch(
  sql: Sql,
  build: BuildRef,
  projection: Projection,
  checkpoint: Checkpoint,
  delivered: readonly RecordedEvent[],
): Promise<Committed> {
  const behind = checkpoint.considered?.position ?? -1n;
  const events = delivered.filter(({ position }) => position > behind);
  const applied = events.filter(({ type }) => projection.treats(type) === 'applies');
  return inTransaction(sql, 'stemma_writer', async () => {
    const rows = openWorkingSet(projection.tables);
    const loaded = await loadRows(sql, build, projection.tables, touchedKeys(projection, applied));
    for (const [table, stored] of loaded) rows.load(table, stored);
    const { last, refusal } = foldEvents(projection, events, rows);
    if (!last) return { checkpoint, events: 0, refusal };
    await saveChanges(sql, build, rows.takeChanges());
    const moved = await moveCheckpoint(sql, build, checkpoint, consideredOf(last));
    return { checkpoint: moved, events: events.indexOf(last) + 1, refusal };
  });
}

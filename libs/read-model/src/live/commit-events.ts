import { type Checkpoint, moveCheckpoint, type Progress } from '../database/checkpoint.js';
import { inTransaction } from '../database/connect.js';
import { isDataFailure } from '../database/failures.js';
import { latestAtOf, saveMarks } from '../database/marks.js';
import { holdEvents, parkStreams } from '../database/parked.js';
import type { RecordedEvent } from '../log/event-source.js';
import {
  type Folded,
  foldEvents,
  type ParkedEvent,
  type Touched,
  touchedBy,
} from '../projection/fold-events.js';
import type { Refusal } from '../projection/refusals.js';
import type { TableChanges, WorkingSet } from '../projection/working-set.js';
import { exceptionsOf, type WriterParts, type WriterState } from './writer-state.js';

export interface Committed {
  /** How many events were considered. */
  readonly events: number;
  /** Streams parked by this batch. */
  readonly parked: readonly ParkedEvent[];
  /** Why the rest was not considered: what came before it is committed. */
  readonly refusal: Refusal | undefined;
}

const nothing: Committed = { events: 0, parked: [], refusal: undefined };

/** Folds events over their rows and writes rows, parked streams and checkpoint in one transaction: all, or nothing. */
export async function commitEvents(
  parts: WriterParts,
  state: WriterState,
  delivered: readonly RecordedEvent[],
): Promise<Committed> {
  const behind = state.checkpoint.considered?.position ?? -1n;
  const events = delivered.filter(({ position }) => position > behind);
  const [first] = events;
  if (!first) return nothing;
  try {
    return await commitOnce(parts, state, events);
  } catch (error) {
    if (!isDataFailure(error) || state.refused.has(first.id)) throw error;
    if (events.length > 1) return commitHalves(parts, state, events);
    state.refused.set(first.id, error instanceof Error ? error.message : String(error));
    return commitEvents(parts, state, events);
  }
}

/** Finds the event whose rows Postgres refuses: the others are committed on the way. */
async function commitHalves(
  parts: WriterParts,
  state: WriterState,
  events: readonly RecordedEvent[],
): Promise<Committed> {
  const middle = events.length >>> 1;
  const one = await commitEvents(parts, state, events.slice(0, middle));
  if (one.refusal) return one;
  const other = await commitEvents(parts, state, events.slice(middle));
  return { ...other, events: one.events + other.events, parked: [...one.parked, ...other.parked] };
}

async function commitOnce(
  parts: WriterParts,
  state: WriterState,
  events: readonly RecordedEvent[],
): Promise<Committed> {
  const { rows, projection } = parts;
  return committing(parts, state, async () => {
    const touched = touchedBy(projection, events);
    const set = await rows.open(touched.keys);
    return foldBatch(parts, state, { events, touched }, set);
  });
}

/** What a batch made of rows, not yet written. */
export interface FoldedBatch {
  readonly folded: Folded;
  readonly considered: readonly RecordedEvent[];
  readonly changes: readonly TableChanges[];
}

/** Folds a batch over rows that were opened for it. */
export function foldBatch(
  parts: WriterParts,
  state: WriterState,
  { events, touched }: { readonly events: readonly RecordedEvent[]; readonly touched: Touched },
  set: WorkingSet,
): FoldedBatch {
  const folded = foldEvents(parts.projection, events, set, exceptionsOf(parts, state), touched);
  const considered = folded.last ? events.slice(0, events.indexOf(folded.last) + 1) : [];
  return { folded, considered, changes: set.takeChanges() };
}

/** Writes a batch, which is folded in the transaction or was before it. */
export async function committing(
  parts: WriterParts,
  state: WriterState,
  batchOf: () => FoldedBatch | Promise<FoldedBatch>,
): Promise<Committed> {
  const { sql, rows, settings = '' } = parts;
  let committed = false;
  try {
    const { folded, checkpoint, lastMarked } = await inTransaction(sql, 'stemma_writer', async () => {
      if (settings !== '') await sql.query(settings);
      return writeBatch(parts, state, await batchOf());
    });
    committed = true;
    for (const { event } of folded.parked) {
      state.parked.add(event.stream);
      // A retry asks Postgres again.
      state.refused.delete(event.id);
    }
    const considered = Number(checkpoint.events - state.checkpoint.events);
    state.checkpoint = checkpoint;
    state.lastMarked = lastMarked;
    return { events: considered, parked: folded.parked, refusal: folded.refusal };
  } finally {
    rows.settle(committed);
  }
}

interface Written {
  readonly folded: Folded;
  readonly checkpoint: Checkpoint;
  readonly lastMarked: string | null;
}

async function writeBatch(
  { sql, build, rows }: WriterParts,
  state: WriterState,
  { folded, considered, changes }: FoldedBatch,
): Promise<Written> {
  if (considered.length === 0) return { folded, checkpoint: state.checkpoint, lastMarked: state.lastMarked };
  await rows.save(changes);
  await parkStreams(sql, build, folded.parked);
  await holdEvents(sql, build, folded.held);
  const { latestAt, marks } = latestAtOf(considered, state.checkpoint.latestAt);
  const lastMarked = await saveMarks(sql, build, marks, state.lastMarked);
  const progress = { ...progressOf(state.checkpoint, considered), latestAt };
  return { folded, lastMarked, checkpoint: await moveCheckpoint(sql, build, state.checkpoint, progress) };
}

function progressOf(
  { events }: Checkpoint,
  considered: readonly RecordedEvent[],
): Omit<Progress, 'latestAt'> {
  const last = considered.at(-1);
  return {
    considered: last ? { position: last.position, eventId: last.id } : null,
    events: events + BigInt(considered.length),
  };
}

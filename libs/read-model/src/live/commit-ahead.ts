import { isDataFailure } from '../database/failures.js';
import type { RecordedEvent } from '../log/event-source.js';
import { touchedBy } from '../projection/fold-events.js';
import { commitEvents, type Committed, committing, type FoldedBatch, foldBatch } from './commit-events.js';
import type { WriterParts, WriterState } from './writer-state.js';

/** Commits pages one after the other, and folds one while the one before it is still written. */
export interface CommitAhead {
  /** Resolves when the page is on its way, so that the next one may be read. @throws what the one before it failed of */
  commit(events: readonly RecordedEvent[]): Promise<void>;
  /** When everything is written. @throws what the last one failed of */
  finish(): Promise<void>;
}

/** What became of a page. */
interface Outcome extends Committed {
  /** Whether what was folded after it counts. */
  readonly asFolded: boolean;
}

const nothing: Outcome = { events: 0, parked: [], refusal: undefined, asFolded: true };

export function commitAhead(parts: WriterParts, state: WriterState): CommitAhead {
  let writing = Promise.resolve(nothing);
  /** Whether the fold of the next page depends on how this one is written: what it loads, parks, or is refused. */
  let mustWait = false;

  const written = async (): Promise<Outcome> => {
    const outcome = await writing;
    if (outcome.refusal) throw outcome.refusal;
    return outcome;
  };

  const foldAhead = (events: readonly RecordedEvent[]): FoldedBatch | undefined => {
    const touched = touchedBy(parts.projection, events);
    const set = mustWait ? undefined : parts.rows.openKnown(touched.keys);
    return set && foldBatch(parts, state, { events, touched }, set);
  };

  const write = async (
    events: readonly RecordedEvent[],
    batch: FoldedBatch | undefined,
  ): Promise<Outcome> => {
    try {
      if (batch) return { ...(await committing(parts, state, () => batch)), asFolded: true };
    } catch (error) {
      if (!isDataFailure(error)) throw error;
      mustWait = true;
    }
    // Rows must be loaded first, or one of them is refused: that event is looked for.
    return { ...(await commitEvents(parts, state, events)), asFolded: batch === undefined };
  };

  return {
    commit: async (delivered) => {
      const behind = state.checkpoint.considered?.position ?? -1n;
      const events = delivered.filter(({ position }) => position > behind);
      if (events.length === 0) return;
      const ahead = foldAhead(events);
      const { asFolded } = await written();
      mustWait = false;
      const batch = asFolded ? (ahead ?? foldAhead(events)) : undefined;
      mustWait = batch === undefined || batch.folded.parked.length > 0 || batch.folded.refusal !== undefined;
      writing = write(events, batch);
      // It is awaited before the next one; until then its failure is nobody's.
      writing.catch(() => undefined);
    },
    finish: async () => {
      await written();
    },
  };
}

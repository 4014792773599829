import type { Checkpoint } from '../database/checkpoint.js';
import { inTransaction } from '../database/connect.js';
import { readRetries } from '../database/parked.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import { commitAhead, type CommitAhead } from './commit-ahead.js';
import { commitEvents, type Committed } from './commit-events.js';
import type { CommitGroup } from './commit-group.js';
import { retryParked } from './retry-parked.js';
import { claim, type WriterParts } from './writer-state.js';

/** The one that moves a build along. After any error other than a returned refusal, open another one. */
export interface Writer {
  /** How many streams are parked. */
  readonly parked: number;
  readonly checkpoint: Checkpoint;
  /** Folds events over their rows and writes rows, parked streams and checkpoint in one transaction: all, or nothing. */
  commit(events: readonly RecordedEvent[]): Promise<Committed>;
  /** For many batches one after the other: one is folded while the one before it is written. */
  ahead(): CommitAhead;
  /** The same in one transaction with the other writers of the group that commit now. */
  commitWith(group: CommitGroup, events: readonly RecordedEvent[]): Promise<Committed>;
  /** Tries again the parked streams that somebody asked for. */
  retry(source: EventSource): Promise<void>;
}

/** Claims the build's checkpoint. @throws NoCheckpoint */
export async function openWriter(parts: WriterParts): Promise<Writer> {
  const { sql, build } = parts;
  const state = await claim(parts);
  return {
    get parked() {
      return state.parked.size;
    },
    get checkpoint() {
      return state.checkpoint;
    },
    commit: (events) => commitEvents(parts, state, events),
    ahead: () => commitAhead(parts, state),
    commitWith: (group, events) => group.commit(parts, state, events),
    retry: async (source) => {
      const retries = await inTransaction(sql, 'stemma_writer', () => readRetries(sql, build));
      if (retries.length > 0) await parts.drops.refresh();
      for (const parked of retries) await retryParked(parts, state, source, parked);
    },
  };
}

import { moveCheckpoint } from '../database/checkpoint.js';
import { inTransaction } from '../database/connect.js';
import { isDataFailure } from '../database/failures.js';
import { askAgain, holdEvents, type ParkedStream, parkStreams, unparkStream } from '../database/parked.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import { foldEvents, touchedBy } from '../projection/fold-events.js';
import { exceptionsBut, findRefused } from './find-refused.js';
import type { WriterParts, WriterState } from './writer-state.js';

/**
 * Applies what waits in a parked stream, up to the checkpoint: all of it, and the stream is parked no longer; or until the
 * next event that cannot be applied. `true` when it is free.
 */
export async function retryParked(
  parts: WriterParts,
  state: WriterState,
  source: EventSource,
  parked: ParkedStream,
): Promise<boolean> {
  const upTo = state.checkpoint.considered?.position ?? -1n;
  const waiting = await readWaiting(source, parked, upTo);
  try {
    return await applyWaiting(parts, state, parked, waiting);
  } catch (error) {
    if (!isDataFailure(error)) throw error;
    const refused = (await findRefused(parts, state, parked.stream, waiting)) ?? waiting[0];
    if (!refused) throw error;
    state.refused.set(refused.id, error instanceof Error ? error.message : String(error));
    return await applyWaiting(parts, state, parked, waiting).finally(() => state.refused.delete(refused.id));
  }
}

async function applyWaiting(
  parts: WriterParts,
  state: WriterState,
  { stream, askedAt }: ParkedStream,
  waiting: readonly RecordedEvent[],
): Promise<boolean> {
  const { sql, build, projection, rows } = parts;
  let committed = false;
  try {
    const free = await inTransaction(sql, 'stemma_writer', async () => {
      const set = await rows.open(touchedBy(projection, waiting).keys);
      const exceptions = exceptionsBut(parts, state, stream);
      const { parked, held, refusal } = foldEvents(projection, waiting, set, exceptions);
      if (refusal) throw refusal;
      await rows.save(set.takeChanges());
      const lastAsked = await unparkStream(sql, build, stream);
      await parkStreams(sql, build, parked);
      // What made somebody ask again may be unknown to this try: an ask is never lost with the row that held it.
      if (parked.length > 0 && lastAsked !== askedAt) await askAgain(sql, build, stream);
      await holdEvents(sql, build, held);
      // Nobody else may have moved this build meanwhile.
      await moveCheckpoint(sql, build, state.checkpoint, state.checkpoint);
      return parked.length === 0;
    });
    committed = true;
    if (free) state.parked.delete(stream);
    return free;
  } finally {
    rows.settle(committed);
  }
}

async function readWaiting(
  source: EventSource,
  { stream, revision: from }: ParkedStream,
  upTo: bigint,
): Promise<readonly RecordedEvent[]> {
  const waiting: RecordedEvent[] = [];
  for await (const event of source.readStream(stream, { from })) {
    if (event.position > upTo) break;
    waiting.push(event);
  }
  return waiting;
}

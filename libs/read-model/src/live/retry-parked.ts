import { moveCheckpoint } from '../database/checkpoint.js';
import { inTransaction } from '../database/connect.js';
import { askAgain, holdEvents, type ParkedStream, parkStreams, unparkStream } from '../database/parked.js';
import type { EventSource, RecordedEvent } from '../log/event-source.js';
import { foldEvents, touchedKeys } from '../projection/fold-events.js';
import { exceptionsOf, type WriterParts, type WriterState } from './writer-state.js';

/**
 * Applies what waits in a parked stream, up to the checkpoint: all of it, and the stream is parked no longer; or until the
 * next event that cannot be applied. `true` when it is free.
 */
export async function retryParked(
  parts: WriterParts,
  state: WriterState,
  source: EventSource,
  { stream, revision, askedAt }: ParkedStream,
): Promise<boolean> {
  const { sql, build, projection, rows } = parts;
  const waiting = await readWaiting(source, stream, revision, state.checkpoint.considered?.position ?? -1n);
  const exceptions = exceptionsOf(parts, state);
  let committed = false;
  try {
    const free = await inTransaction(sql, 'stemma_writer', async () => {
      const set = await rows.open(() => touchedKeys(projection, waiting));
      const isParked = (other: string) => other !== stream && exceptions.isParked(other);
      const { parked, held, refusal } = foldEvents(projection, waiting, set, { ...exceptions, isParked });
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
  stream: string,
  from: bigint,
  upTo: bigint,
): Promise<readonly RecordedEvent[]> {
  const waiting: RecordedEvent[] = [];
  for await (const event of source.readStream(stream, { from })) {
    if (event.position > upTo) break;
    waiting.push(event);
  }
  return waiting;
}

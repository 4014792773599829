import type { AppendOutcome, AppendRequest } from './append-job.js';
import type { LogIndex, PendingErasure } from './log-index.js';
import type { LogTail } from './log-tail.js';
import type { LogWriter } from './log-writer.js';
import type { Mutex } from './mutex.js';
import { parseRecord, STATE_AT, STATE_ERASED } from './record.js';
import type { SegmentFiles } from './segment-files.js';
import type { StreamLookup } from './stream-lookup.js';

export interface EraserParts {
  readonly files: SegmentFiles;
  readonly tail: LogTail;
  readonly lookup: StreamLookup;
  readonly index: LogIndex;
  readonly writer: LogWriter;
  /** Held while bodies are overwritten, so that a backup never copies half of it. */
  readonly overwriting: Mutex;
}

/** Deletes streams and overwrites what they held. */
export interface StreamEraser {
  /** Resolves when the delete is durable and the bodies are gone from the disk. */
  readonly submit: (request: AppendRequest) => Promise<AppendOutcome>;
  /** Finishes what a crash left undone. */
  readonly resume: () => Promise<void>;
}

/** A delete is noted before it is written: a crash between it and the overwriting is made good at the next start. */
export function createStreamEraser(parts: EraserParts): StreamEraser {
  const { lookup, index, writer, overwriting } = parts;
  const pending = new Map<AppendRequest, PendingErasure>();
  const note = (): void => index.setPendingErasures([...pending.values()]);
  const erase = (stream: string, before: number): Promise<void> =>
    overwriting(() => eraseBodies(parts, stream, before));
  return {
    async submit(request) {
      pending.set(request, { stream: request.stream, last: lookup.head(request.stream).last });
      note();
      const outcome = await writer.submit(request);
      if (outcome.kind === 'stored') {
        // An append may already have revived the stream: what came after the delete stays.
        await erase(request.stream, Math.min(lookup.head(request.stream).last, outcome.revision) + 1);
      }
      pending.delete(request);
      note();
      return outcome;
    },
    async resume() {
      for (const erasure of index.pendingErasures())
        await erase(erasure.stream, erasedBefore(lookup, erasure));
      index.setPendingErasures([]);
    },
  };
}

/** Whether the delete had been written shows in the stream: it is over, or its `$tb` lies beyond what there was. */
function erasedBefore(lookup: StreamLookup, { stream, last: noted }: PendingErasure): number {
  const { last, tombstoned } = lookup.head(stream);
  const { truncateBefore } = lookup.metadata(stream);
  if (tombstoned) return last + 1;
  return truncateBefore > noted ? Math.min(last + 1, truncateBefore) : 0;
}

const PAUSE_EVERY = 256;

/**
 * Overwrites the bodies of a stream's events before revision `before` where they lie, and flushes. Id, type, hash and
 * place stay; a body that is gone is marked so, and readers pass over it.
 */
async function eraseBodies(
  { files, tail, lookup }: EraserParts,
  stream: string,
  before: number,
): Promise<void> {
  const segments = new Set<number>();
  for (let revision = 0; revision < before; revision += 1) {
    const place = lookup.place(stream, revision);
    if (place !== undefined && eraseBody(files, place.position, place.length)) {
      segments.add(Math.floor(place.position / files.size));
    }
    if (revision % PAUSE_EVERY === PAUSE_EVERY - 1) await new Promise(setImmediate);
  }
  tail.clear();
  for (const segment of segments) await files.sync(segment);
}

function eraseBody(files: SegmentFiles, position: number, length: number): boolean {
  const record = parseRecord(files.readSync(position, length), 0, position);
  if (record === undefined || record.erased) return false;
  const state = Buffer.alloc(4);
  state.writeUInt32LE(STATE_ERASED);
  files.overwrite(position + STATE_AT, state);
  files.overwrite(position + record.bodyStart, Buffer.alloc(record.bodyEnd - record.bodyStart));
  return true;
}

import type { LogTail } from './log-tail.js';
import { parseRecord, STATE_AT, STATE_ERASED } from './record.js';
import type { SegmentFiles } from './segment-files.js';
import type { StreamLookup } from './stream-lookup.js';

export interface EraseParts {
  readonly files: SegmentFiles;
  readonly tail: LogTail;
  readonly lookup: StreamLookup;
}

const PAUSE_EVERY = 256;

/**
 * Overwrites the bodies of a stream's events before revision `before` where they lie, and flushes. Id, type, hash and
 * place stay; a body that is gone is marked so, and readers pass over it.
 */
export async function eraseStream(
  { files, tail, lookup }: EraseParts,
  stream: string,
  before: number,
): Promise<number> {
  const segments = new Set<number>();
  let erased = 0;
  for (let revision = 0; revision < before; revision += 1) {
    const place = lookup.place(stream, revision);
    if (place === undefined) continue;
    if (eraseRecord(files, place.position, place.length)) {
      segments.add(Math.floor(place.position / files.size));
      erased += 1;
    }
    if (revision % PAUSE_EVERY === PAUSE_EVERY - 1) await new Promise(setImmediate);
  }
  tail.clear();
  for (const segment of segments) await files.sync(segment);
  return erased;
}

function eraseRecord(files: SegmentFiles, position: number, length: number): boolean {
  const record = parseRecord(files.readSync(position, length), 0, position);
  if (record === undefined || record.erased) return false;
  const state = Buffer.alloc(4);
  state.writeUInt32LE(STATE_ERASED);
  files.overwrite(position + STATE_AT, state);
  files.overwrite(position + record.bodyStart, Buffer.alloc(record.bodyEnd - record.bodyStart));
  return true;
}

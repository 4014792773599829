import { encodeHead, encodePlace, type IndexDatabases, type IndexedHead, openLogIndex } from './log-index.js';
import { recordStream, type StoredRecord, TOMBSTONE_REVISION } from './record.js';
import { revisionKey, streamKey } from './stream-key.js';

/** Compares an index with what the records say. */
export interface IndexCheck {
  readonly indexedTo: () => number;
  /** Looks for the place of one record. */
  readonly place: (record: StoredRecord) => void;
  /** Compares the heads and counts, if every record of the log could be read, and closes. */
  readonly finish: (whole: boolean) => Promise<void>;
}

/** Opens an index that no node has open. Throws when it is no LMDB database. */
export function openIndexCheck(path: string, report: (problem: string) => void): IndexCheck {
  const index = openLogIndex(path, { readOnly: true });
  const { heads, places } = index.databases();
  const to = index.indexedTo()?.position ?? 0;
  const lastIndexed = new Map<string, IndexedHead>();
  let placed = 0;
  let readable = true;
  const reading = (compare: () => void): void => {
    if (!readable) return;
    try {
      compare();
    } catch (error) {
      readable = false;
      report(
        `The index cannot be read any further: ${String(error)}. Remove the "index" directory; the next start makes it anew.`,
      );
    }
  };
  return {
    indexedTo: () => to,
    place(record) {
      const { position, length, revision } = record;
      if (position >= to) return;
      const stream = recordStream(record);
      if (revision === TOMBSTONE_REVISION) {
        lastIndexed.set(stream, { last: lastIndexed.get(stream)?.last ?? -1, tombstoned: true });
        return;
      }
      lastIndexed.set(stream, { last: revision, tombstoned: false });
      placed += 1;
      reading(() => {
        const found = places.get(revisionKey(streamKey(stream), revision));
        if (found?.equals(encodePlace({ position, length })) === true) return;
        const instead = found === undefined ? 'not at all' : 'at another place';
        report(`The index has ${stream}@${revision} ${instead}; in the log it is at ${position}.`);
      });
    },
    async finish(whole) {
      reading(() => {
        if (!whole) return;
        lastIndexed.forEach((head, stream) => compareHead(heads, stream, head, report));
        compareCounts('places', places.getKeysCount(), placed, report);
        compareCounts('heads', heads.getKeysCount(), lastIndexed.size, report);
      });
      await index.close();
    },
  };
}

function compareHead(
  heads: IndexDatabases['heads'],
  stream: string,
  head: IndexedHead,
  report: (problem: string) => void,
): void {
  const key = streamKey(stream);
  if (heads.get(key)?.equals(encodeHead(key, head)) === true) return;
  report(`The index has another head for ${stream} than revision ${head.last}.`);
}

function compareCounts(
  what: string,
  found: number,
  expected: number,
  report: (problem: string) => void,
): void {
  if (found !== expected) report(`The index has ${found} ${what}, the records stand for ${expected}.`);
}

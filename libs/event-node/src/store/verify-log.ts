import { existsSync } from 'node:fs';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { openIndexCheck, type IndexCheck } from './check-index.js';
import {
  recordBody,
  recordHash,
  recordId,
  recordStream,
  type StoredRecord,
  TOMBSTONE_REVISION,
} from './record.js';
import type { LogEnd } from './record-run.js';
import { LOG_START, soundRecordsAfter, wholeAppends } from './recover-log.js';
import { openSegmentFiles, SEGMENT_HEADER_BYTES, type SegmentFiles } from './segment-files.js';

/** What a verification found; `problems` is empty for a sound log. */
export interface LogReport {
  readonly dir: string;
  readonly records: number;
  readonly streams: number;
  readonly erased: number;
  /** First position after the last whole append. */
  readonly end: number;
  /** At most {@link MAX_PROBLEMS}, in words that name the place. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 100;

/**
 * Reads every record of a log that no node has open, checks checksums, hashes and order, rebuilds heads and places from
 * them and compares these with the index. Changes nothing.
 */
export async function verifyLog(dir: string): Promise<LogReport> {
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  const files = openSegmentFiles(join(dir, 'segments'), { mode: 'r' });
  const index = openIndex(dir, report);
  const streams = new Map<string, StreamTally>();
  let end: LogEnd = LOG_START;
  let records = 0;
  let erased = 0;
  for (const append of wholeAppends(files, LOG_START)) {
    for (const record of append) {
      checkRecord(record, report);
      checkOrder(streams, record, report);
      index?.place(record);
      records += 1;
      if (record.erased) erased += 1;
      end = { position: record.position + record.length, crc: record.crc };
    }
  }
  const damaged = checkEnd(files, end.position, index?.indexedTo() ?? 0, report);
  await index?.finish(!damaged);
  files.close();
  return { dir, records, streams: streams.size, erased, end: end.position, problems };
}

interface StreamTally {
  last: number;
  tombstoned: boolean;
}

type Report = (problem: string) => void;

function openIndex(dir: string, report: Report): IndexCheck | undefined {
  const path = join(dir, 'index');
  if (!existsSync(join(path, 'data.mdb'))) {
    report('There is no index; the next start makes it from the records.');
    return undefined;
  }
  try {
    return openIndexCheck(path, report);
  } catch (error) {
    report(
      `The index cannot be read: ${String(error)}. Remove the "index" directory; the next start makes it anew.`,
    );
    return undefined;
  }
}

function checkRecord(record: StoredRecord, report: Report): void {
  const body = recordBody(record);
  if (record.erased) {
    if (body.some((byte) => byte !== 0))
      report(`The erased record at ${record.position} still has bytes of its body.`);
    return;
  }
  if (!hash('sha256', body, 'buffer').equals(recordHash(record))) {
    report(`The record at ${record.position} (${describe(record)}) does not match its sha256.`);
  }
}

const describe = (record: StoredRecord): string =>
  `${recordStream(record)}@${record.revision}, event ${recordId(record).toString('hex')}`;

function checkOrder(streams: Map<string, StreamTally>, record: StoredRecord, report: Report): void {
  const stream = recordStream(record);
  const tally = streams.get(stream) ?? { last: -1, tombstoned: false };
  streams.set(stream, tally);
  if (tally.tombstoned) report(`The record at ${record.position} follows the tombstone of ${stream}.`);
  if (record.revision === TOMBSTONE_REVISION) {
    tally.tombstoned = true;
    return;
  }
  if (record.revision !== tally.last + 1) {
    report(`Revision ${record.revision} of ${stream} at ${record.position} follows revision ${tally.last}.`);
  }
  tally.last = record.revision;
}

/** A torn end is normal after a crash; a gap before sound records, or an end where the index has been further, is damage. */
function checkEnd(files: SegmentFiles, end: number, indexedTo: number, report: Report): boolean {
  let whole = end;
  let damaged = false;
  for (const { position, length } of soundRecordsAfter(files, end)) {
    if (position !== whole && position % files.size !== SEGMENT_HEADER_BYTES) {
      report(`The log is damaged from position ${whole} to ${position}, where the next sound record starts.`);
      damaged = true;
    }
    whole = position + length;
  }
  if (!damaged && indexedTo > end) {
    report(`The log is damaged or cut at position ${end}: the index had followed it to ${indexedTo}.`);
    return true;
  }
  if (!damaged && end % files.size < files.used(Math.floor(end / files.size))) {
    report(
      `Behind position ${end} lie bytes of an append that was never acknowledged; the next start cuts them off.`,
    );
  }
  return damaged;
}

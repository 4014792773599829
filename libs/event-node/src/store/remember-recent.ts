import type { LogReader } from './log-reader.js';
import type { RecentIds } from './recent-ids.js';
import { recordId, recordStream, type StoredRecord } from './record.js';

/** Fills the memory of event ids from the newest `count` records, so that retries are known across a restart too. */
export async function rememberRecent(reader: LogReader, recent: RecentIds, count: number): Promise<void> {
  const newestFirst: StoredHead[] = [];
  for (let position = reader.end(); newestFirst.length < count;) {
    const page = await reader.backwards(position);
    if (page.records.length === 0) break;
    position = page.next;
    for (const record of page.records) newestFirst.push(headOf(record));
  }
  for (const { id, stream, revision } of newestFirst.reverse()) recent.remember(id, { stream, revision });
}

interface StoredHead {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
}

/** Copies, so that the page's bytes can go. */
const headOf = (record: StoredRecord): StoredHead => ({
  id: recordId(record).toString('latin1'),
  stream: recordStream(record),
  revision: record.revision,
});

import type { LogReader } from '../store/log-reader.js';
import { readStreamBackwards, readStreamForwards } from '../store/read-stream.js';
import type { StoredRecord } from '../store/record.js';
import type { StreamLookup } from '../store/stream-lookup.js';
import type { ReadPlan } from '../wire/read-plan.js';

/** Records in the order of a read; an empty page says that there is nothing more for now. */
export interface RecordSource {
  readonly next: () => Promise<readonly StoredRecord[]>;
}

export interface SourceParts {
  readonly reader: LogReader;
  readonly lookup: StreamLookup;
  readonly now: () => number;
}

/** Reading includes the starting place, subscribing does not (HAZARDS H9). */
export function recordSource(parts: SourceParts, plan: ReadPlan): RecordSource {
  if (plan.source.kind === 'all')
    return plan.backwards ? allBackwards(parts, plan) : allForwards(parts, plan);
  const { stream } = plan.source;
  return plan.backwards ? streamBackwards(parts, plan, stream) : streamForwards(parts, plan, stream);
}

function allForwards({ reader }: SourceParts, { from, subscription }: ReadPlan): RecordSource {
  const start = from === 'start' ? 0 : from === 'end' ? reader.end() : Math.min(from, reader.end());
  const excluded = subscription && typeof from === 'number' ? from : -1;
  let position: number | undefined;
  return pages(async () => {
    position ??= await reader.seek(start);
    const page = await reader.forwards(position);
    position = page.next;
    return {
      all: page.records,
      wanted: page.records.filter((record) => !record.erased && record.position > excluded),
    };
  });
}

function allBackwards({ reader }: SourceParts, { from }: ReadPlan): RecordSource {
  let position: number | undefined;
  return pages(async () => {
    position ??=
      from === 'start' ? 0 : from === 'end' ? reader.end() : await reader.seek(Math.min(from, reader.end()));
    const page = await reader.backwards(position);
    position = page.next;
    return { all: page.records, wanted: page.records.filter((record) => !record.erased) };
  });
}

interface Sieved {
  readonly all: readonly StoredRecord[];
  readonly wanted: readonly StoredRecord[];
}

/** Goes on until a page has something wanted; only a page of nothing at all is the end. */
function pages(read: () => Promise<Sieved>): RecordSource {
  return {
    async next() {
      for (;;) {
        const { all, wanted } = await read();
        if (all.length === 0 || wanted.length > 0) return wanted;
      }
    },
  };
}

function streamForwards(
  { lookup, now }: SourceParts,
  { from, subscription }: ReadPlan,
  stream: string,
): RecordSource {
  let revision = firstRevision(from, lookup.head(stream).last, subscription);
  return {
    next() {
      const page = readStreamForwards(lookup, stream, revision, now());
      revision = page.next;
      return Promise.resolve(page.records);
    },
  };
}

function firstRevision(from: ReadPlan['from'], last: number, subscription: boolean): number {
  if (from === 'start') return 0;
  if (from === 'end') return last + 1;
  return subscription ? from + 1 : from;
}

function streamBackwards({ lookup, now }: SourceParts, { from }: ReadPlan, stream: string): RecordSource {
  let revision = from === 'start' ? 0 : from === 'end' ? Infinity : from;
  return {
    next() {
      const page = readStreamBackwards(lookup, stream, revision, now());
      revision = page.next;
      return Promise.resolve(page.records);
    },
  };
}

import { eventData } from '../store/event-data.js';
import { recordType, type StoredRecord } from '../store/record.js';
import type { StreamLookup } from '../store/stream-lookup.js';
import type { ResolvedRecord } from '../wire/read-responses.js';

const LINK_TYPE = '$>';

/** Follows a link event (`revision@stream`); other events are themselves. */
export function resolveLink(lookup: StreamLookup, record: StoredRecord): ResolvedRecord {
  if (recordType(record) !== LINK_TYPE) return { event: record, link: undefined };
  return { event: target(lookup, eventData(record).toString('utf8')), link: record };
}

function target(lookup: StreamLookup, place: string): StoredRecord | undefined {
  const at = place.indexOf('@');
  const revision = Number(place.slice(0, at));
  const stream = place.slice(at + 1);
  if (at <= 0 || !Number.isSafeInteger(revision) || revision < 0) return undefined;
  const { last, tombstoned } = lookup.head(stream);
  if (tombstoned || revision > last || revision < lookup.metadata(stream).truncateBefore) return undefined;
  const found = lookup.record(stream, revision);
  return found?.erased === true ? undefined : found;
}

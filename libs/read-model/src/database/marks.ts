import type { RecordedEvent } from '../log/event-source.js';
import type { Sql } from './connect.js';
import type { BuildRef } from './names.js';
import type { Call } from './script.js';

/** Up to `position`, no event says a later time than `latestAt`. */
export interface Mark {
  readonly position: bigint;
  readonly latestAt: string;
}

const EVERY_EVENTS = 500;
const EVERY_MS = 1_000;

const atOf = ({ metadata }: RecordedEvent): string | null =>
  'at' in metadata && typeof metadata.at === 'string' ? metadata.at : null;

/** The later of two instants in ISO 8601 with milliseconds, UTC. */
const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one;

/** The running maximum of `metadata.at` behind these events, and where to leave marks: seldom, and always at their end. */
export function latestAtOf(
  events: readonly RecordedEvent[],
  before: string | null,
): { readonly latestAt: string | null; readonly marks: readonly Mark[] } {
  const marks: Mark[] = [];
  let latestAt = before;
  for (const [index, event] of events.entries()) {
    latestAt = later(latestAt, atOf(event));
    const isDue = (index + 1) % EVERY_EVENTS === 0 || index === events.length - 1;
    if (isDue && latestAt !== null) marks.push({ position: event.position, latestAt });
  }
  return { latestAt, marks };
}

/** Those marks that are at least a second later than the one before, and the last of them. */
export function marksToKeep(
  marks: readonly Mark[],
  lastMarked: string | null,
): { readonly kept: readonly Mark[]; readonly last: string | null } {
  let last = lastMarked;
  const kept = marks.filter(({ latestAt }) => {
    if (last !== null && Date.parse(latestAt) - Date.parse(last) < EVERY_MS) return false;
    last = latestAt;
    return true;
  });
  return { kept, last };
}

const KEEP = `INSERT INTO stemma.marks (projection, build, position, latest_at)
  SELECT projection, build, position, latest_at FROM json_to_recordset($1::json)
    AS m (projection text, build integer, position bigint, latest_at timestamptz)`;

/** What keeps these marks; nothing for none. */
export function markCalls({ projection, build }: BuildRef, marks: readonly Mark[]): readonly Call[] {
  if (marks.length === 0) return [];
  const records = marks.map(({ position, latestAt }) => ({
    projection,
    build,
    position: String(position),
    latest_at: latestAt,
  }));
  return [{ statement: KEEP, json: JSON.stringify(records) }];
}

export async function saveMarks(
  sql: Sql,
  build: BuildRef,
  marks: readonly Mark[],
  lastMarked: string | null,
): Promise<string | null> {
  const { kept, last } = marksToKeep(marks, lastMarked);
  for (const { statement, json } of markCalls(build, kept)) await sql.query(statement, [json]);
  return last;
}

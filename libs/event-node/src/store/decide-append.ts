import type { Expected } from './proposed-event.js';
import type { RecentEvent } from './recent-ids.js';

/** What the decision needs to know; lookups see the appends of the same group too. */
export interface StreamView {
  /** Last revision, -1 for none. */
  readonly last: number;
  readonly tombstoned: boolean;
  /** Deleted but not for ever: the next append revives it. */
  readonly deleted: boolean;
  readonly hasMetadata: boolean;
  /** Event id (latin1) at a revision. */
  readonly idAt: (revision: number) => string | undefined;
  readonly recent: (id: string) => RecentEvent | undefined;
}

export type AppendDecision =
  | { readonly kind: 'append' }
  | { readonly kind: 'already-stored'; readonly last: number }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'wrong-expected-version' };

const APPEND: AppendDecision = { kind: 'append' };
const WRONG: AppendDecision = { kind: 'wrong-expected-version' };

/**
 * Decides one append (HAZARDS H1, H13): with an exact revision or `no_stream` in the past, the events there must carry
 * the same ids; at the current revision ids are not looked at; `any` and `stream_exists` know recent ids only.
 */
export function decideAppend(
  stream: string,
  view: StreamView,
  expected: Expected,
  ids: readonly string[],
): AppendDecision {
  if (view.tombstoned) return { kind: 'stream-deleted' };
  if (expected === 'any') return byRecentIds(stream, view, ids);
  if (expected === 'stream_exists') return whenItExists(stream, view, ids);
  const revision = expected === 'no_stream' ? -1 : Number(expected);
  if (revision > view.last) return WRONG;
  if (revision === view.last) return APPEND;
  return byStoredIds(view, expected, revision, ids);
}

function byStoredIds(
  view: StreamView,
  expected: Expected,
  revision: number,
  ids: readonly string[],
): AppendDecision {
  const [first] = ids;
  if (first === undefined || view.idAt(revision + 1) !== first) {
    return expected === 'no_stream' && view.deleted ? APPEND : WRONG;
  }
  const same = ids.every((id, index) => view.idAt(revision + 1 + index) === id);
  return same ? { kind: 'already-stored', last: revision + ids.length } : WRONG;
}

function whenItExists(stream: string, view: StreamView, ids: readonly string[]): AppendDecision {
  if (view.deleted) return { kind: 'stream-deleted' };
  return view.last >= 0 || view.hasMetadata ? byRecentIds(stream, view, ids) : WRONG;
}

/** As a real server: the first id decides whether this is a retry; then every id must be known, in whatever order. */
function byRecentIds(stream: string, view: StreamView, ids: readonly string[]): AppendDecision {
  const known = ids
    .map((id) => view.recent(id))
    .map((event) => (event?.stream === stream ? event.revision : undefined));
  const [first] = known;
  if (first === undefined) return APPEND;
  const last = known.at(-1);
  return last === undefined || known.includes(undefined) ? WRONG : { kind: 'already-stored', last };
}

import type { Act } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutTable } from './lay-out-table.js';
import { onOneLine, plain } from './plain-text.js';
import { showTime } from './show-time.js';

/** Who did what, one line each. */
export function showActs(acts: readonly Act[], { paint, now }: View): string {
  if (acts.length === 0) return 'Nobody has done anything yet.';
  const rows = acts.map(({ at, by, type, data, position }) => [
    showTime(at, now),
    plain(wordsOf(data['by'] ?? data['askedBy'] ?? by)),
    plain(type),
    onOneLine(factsOf(data), 100),
    position,
  ]);
  return layOutTable(['when', 'by', 'what', 'of', 'position'], rows, paint);
}

const TOLD = ['kind', 'projection', 'projections', 'build', 'against', 'state', 'equal', 'stream', 'reason'];

/** `kind rebuild, projections runs versions`: what fits a line; all of it is in `--json`. */
const factsOf = (data: Act['data']): string =>
  TOLD.flatMap((name) => {
    const value = data[name];
    if (value === undefined || value === null) return [];
    return [`${name} ${Array.isArray(value) ? value.map(wordsOf).join(' ') : wordsOf(value)}`];
  }).join(', ');

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

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
/** Of what a job was asked with: told when it is not so. */
const USUAL: Readonly<Record<string, unknown>> = {
  swap: true,
  acceptParked: false,
  acceptDifferences: false,
};

/** `kind rebuild, projections runs versions`: what fits a line; all of it is in `--json`. */
function factsOf(data: Act['data']): string {
  const options = Object.entries(data['options'] ?? {}).filter(([name, value]) => USUAL[name] !== value);
  const told = TOLD.map((name): [string, unknown] => [name, data[name]]);
  return [...told, ...options]
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.map(wordsOf).join(' ') : wordsOf(value)}`)
    .join(', ');
}

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

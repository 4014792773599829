import type { Activation, AuthoringEntry } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutTable } from './lay-out-table.js';
import type { Paint } from './paint.js';
import { onOneLine, plain } from './plain-text.js';
import { showTime } from './show-time.js';

const said = (note: string | null): string =>
  note === null || note === '' ? '' : `“${onOneLine(note, 200)}”`;

const sayAction = (action: string): string => action.replaceAll('-', ' ');

const brushOf = (action: string, paint: Paint): ((text: string) => string) => {
  if (action === 'publish' || action === 'approve') return paint.green;
  if (action === 'break-glass') return paint.red;
  return action === 'request-changes' || action === 'rollback' ? paint.yellow : String;
};

/** Who decided what about which version, in their words. */
export function showDecisions(entries: readonly AuthoringEntry[], { paint, now }: View): string {
  if (entries.length === 0) return 'Nothing was decided yet.';
  const rows = entries.map(({ at, by, action, number, round, note }) => [
    paint.dim(showTime(at, now)),
    plain(by),
    brushOf(action, paint)(sayAction(action)),
    number === null ? '–' : paint.bold(String(number)),
    round === null ? '–' : String(round),
    said(note),
  ]);
  return layOutTable(['when', 'who', 'what', 'version', 'round', 'words'], rows, paint);
}

type Change = AuthoringEntry['changes'][number];

const shown = (value: unknown): string => onOneLine(JSON.stringify(value), 50);

function tellChange({ path, change, from, to }: Change): string {
  const place = onOneLine(path.slice(1), 50);
  if (change === 'added') return `${place}: ${shown(to)}`;
  return change === 'removed'
    ? `${place}: no longer ${shown(from)}`
    : `${place}: ${shown(from)} → ${shown(to)}`;
}

/** One line for each change, and one below it for each thing that became different. */
export function showAuthoring(entries: readonly AuthoringEntry[], { paint, now }: View): string {
  if (entries.length === 0) return 'Nothing was changed, as far as this was asked for.';
  const blocks = entries.map(({ at, by, slug, action, number, note, changes }) => {
    const what = `${brushOf(action, paint)(sayAction(action))}${number === null ? '' : ` version ${number}`}`;
    const heading = [paint.dim(showTime(at, now)), plain(by), paint.bold(slug), what, said(note)];
    const lines = changes.map((change) => paint.dim(`    ${tellChange(change)}`));
    return [heading.filter((part) => part !== '').join('  '), ...lines].join('\n');
  });
  return blocks.join('\n');
}

/** From when to when each version was the active one, and who moved it. */
export function showActivations(activations: readonly Activation[], { paint, now }: View): string {
  if (activations.length === 0) return 'No version was ever active.';
  const rows = activations.map(({ number, how, by, at, endedBy, endedAt, note }) => [
    endedAt === null ? paint.green(String(number)) : String(number),
    showTime(at, now),
    plain(by),
    brushOf(how, paint)(sayAction(how)),
    endedAt === null ? paint.green('still is') : showTime(endedAt, now),
    endedBy === null ? '–' : plain(endedBy),
    said(note),
  ]);
  return layOutTable(['version', 'active since', 'by', 'how', 'until', 'ended by', 'words'], rows, paint);
}

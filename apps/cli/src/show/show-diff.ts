import type { Paint } from './paint.js';
import { plain } from './plain-text.js';

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith('@@')) return paint.cyan(line);
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line;
}

/** A unified difference, coloured by line and harmless on a terminal. Only what precedes the first hunk is heading. */
export function showUnifiedDiff(diff: string, paint: Paint): string {
  const lines = plain(diff).trimEnd().split('\n');
  const heading = lines.findIndex((line) => line.startsWith('@@'));
  return lines.map((line, at) => (at < heading ? paint.bold(line) : paintLine(line, paint))).join('\n');
}

interface FieldChange {
  readonly path: string;
  readonly change: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

const side = (mark: string, value: unknown, brush: (text: string) => string): string[] =>
  value === undefined ? [] : [brush(`${mark} ${plain(JSON.stringify(value))}`)];

/** One field beside the source: where, and both sides. */
const showFieldChange = (field: FieldChange, paint: Paint): string =>
  [
    paint.bold(`${plain(field.path)} (${field.change})`),
    ...side('-', field.from, paint.red),
    ...side('+', field.to, paint.green),
  ].join('\n');

interface Diff {
  readonly from: number;
  readonly to: number;
  readonly same: boolean;
  readonly source: string;
  readonly fields: readonly FieldChange[];
}

/** What differs between two versions of a script: the source, then every other field. */
export function showDiff(slug: string, { from, to, same, source, fields }: Diff, paint: Paint): string {
  if (same) return `Versions ${from} and ${to} of ${slug} have the same content.`;
  const lines = source === '' ? [] : [showUnifiedDiff(source, paint)];
  return [...lines, ...fields.map((field) => showFieldChange(field, paint))].join('\n');
}

/** A content that there was none before, whole: the source, then every other field. */
export function showNewContent(
  { source, ...fields }: Readonly<Record<string, unknown>>,
  paint: Paint,
): string {
  const lines = typeof source === 'string' ? plain(source).replace(/\n$/, '').split('\n') : [];
  const added = Object.entries(fields).map(([name, to]) => ({ path: `/${name}`, change: 'added', to }));
  return [
    ...lines.map((line) => paint.green(`+${line}`)),
    ...added.map((field) => showFieldChange(field, paint)),
  ].join('\n');
}

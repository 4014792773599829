import type { Screen } from '../screen.js';

/** What of a version, an event and a difference is shown; the API says more. */
export interface VersionRow {
  readonly number: number;
  readonly state: string;
  readonly versionId: string;
  readonly derivedFromVersionId: string | null;
  readonly changeSummary: string | null;
  readonly createdBy: string;
  readonly approvals: readonly { readonly by: string }[];
  readonly publishedBy: string | null;
}

export interface EventRow {
  readonly revision: string;
  readonly type: string;
  readonly at: string;
  readonly actor: { readonly id: string };
  readonly data: { readonly number?: number };
}

export interface Difference {
  readonly source: string;
}

const changedLines = 24;

const unique = (names: readonly string[]): string => [...new Set(names)].join(', ');

export function showVersions(screen: Screen, versions: readonly VersionRow[]): void {
  const numbers = new Map(versions.map(({ versionId, number }) => [versionId, number]));
  const rows = [...versions]
    .sort((a, b) => a.number - b.number)
    .map((version) => [
      String(version.number),
      version.state,
      String(numbers.get(version.derivedFromVersionId ?? '') ?? '–'),
      version.createdBy,
      unique(version.approvals.map(({ by }) => by)) || '–',
      version.publishedBy ?? '–',
      version.changeSummary ?? '',
    ]);
  screen.table(['version', 'state', 'from', 'author', 'approved', 'published', 'what changed'], rows);
}

export function showHistory(screen: Screen, events: readonly EventRow[]): void {
  const rows = events.map(({ revision, at, actor, type, data }) => [
    revision,
    at.replace('T', ' ').slice(0, 19),
    actor.id,
    type,
    data.number === undefined ? '' : `version ${data.number}`,
  ]);
  screen.table(['event', 'when (UTC)', 'who', 'what', ''], rows);
}

/** The changed lines alone, the first of them. */
export function showDifference(screen: Screen, { source }: Difference): void {
  const { paint } = screen;
  const lines = source.split('\n').filter((line) => /^[-+]/.test(line) && !/^(---|\+\+\+)/.test(line));
  for (const line of lines.slice(0, changedLines)) {
    screen.say(`    ${line.startsWith('+') ? paint.green(line) : paint.red(line)}`);
  }
  if (lines.length > changedLines)
    screen.say(paint.dim(`    … ${lines.length - changedLines} more changed lines`));
}

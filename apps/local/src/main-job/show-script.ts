import type { AnswerOf } from '@stemma/client';
import type { Screen } from '../screen.js';

export type VersionRow = AnswerOf<'listVersions'>['items'][number];
export type EventRow = AnswerOf<'showHistory'>['items'][number];

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
  const rows = events.map(({ revision, at, actor, type, data }) => {
    const number = data['number'];
    const which = typeof number === 'number' ? `version ${number}` : '';
    return [revision, at.replace('T', ' ').slice(0, 19), actor.id, type, which];
  });
  screen.table(['event', 'when (UTC)', 'who', 'what', ''], rows);
}

/** The changed lines of a unified difference alone, the first of them. */
export function showDifference(screen: Screen, source: string): void {
  const { paint } = screen;
  const lines = source.split('\n').filter((line) => /^[-+]/.test(line) && !/^(---|\+\+\+)/.test(line));
  for (const line of lines.slice(0, changedLines)) {
    screen.say(`    ${line.startsWith('+') ? paint.green(line) : paint.red(line)}`);
  }
  if (lines.length > changedLines)
    screen.say(paint.dim(`    … ${lines.length - changedLines} more changed lines`));
}

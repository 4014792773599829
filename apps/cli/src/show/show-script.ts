import type { Script, Version } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutFields, layOutTable } from './lay-out-table.js';
import { type Paint, paintState } from './paint.js';
import { onOneLine, plain } from './plain-text.js';
import { showTime } from './show-time.js';

type Field = readonly [name: string, value: string | null];

function statusOf({ retired, enabled, status }: Script, paint: Paint): string {
  if (retired) return paint.dim('retired');
  return enabled ? paintState(status, paint) : paint.red('disabled');
}

const triggersOf = ({ triggers }: Script): readonly Field[] =>
  Object.entries(triggers).map(([name, trigger]) => {
    const { kind } = trigger;
    const how =
      kind === 'cron' ? `${trigger.expression} (${trigger.timeZone})` : `${trigger.method} ${trigger.path}`;
    return ['trigger', `${plain(name)}: ${plain(how)}`];
  });

const reviewOf = ({ requiredApprovals, fourEyes }: NonNullable<Script['reviewPolicy']>): string =>
  `${requiredApprovals} approval${requiredApprovals === 1 ? '' : 's'}${fourEyes ? ', four eyes' : ''}, of its own`;

export function showScripts(scripts: readonly Script[], { paint, now }: View): string {
  if (scripts.length === 0) return 'There is no such script. Make one: stemma script create <slug>';
  const rows = scripts.map((script) => [
    paint.bold(script.slug),
    onOneLine(script.name, 40),
    script.activeNumber === null ? '–' : paint.green(String(script.activeNumber)),
    script.inReviewNumber === null ? '–' : paint.cyan(String(script.inReviewNumber)),
    String(script.latestNumber),
    statusOf(script, paint),
    onOneLine(script.labels.join(', '), 30),
    showTime(script.changedAt, now),
    plain(script.changedBy),
  ]);
  return layOutTable(
    ['slug', 'name', 'active', 'in review', 'newest', 'status', 'labels', 'changed', 'by'],
    rows,
    paint,
  );
}

const keyOf = (key: string | null): string | null => (key === null ? null : plain(key));

function pruningOf(policy: Script['prunePolicy']): string | null {
  if (policy === null) return null;
  const { maxVersions, retentionDays } = policy;
  const rules = [
    ...(maxVersions === null ? [] : [`beyond the newest ${maxVersions}`]),
    ...(retentionDays === null ? [] : [`older than ${retentionDays} days`]),
  ];
  return `every hour: versions ${rules.join(', or ')}`;
}

export function showScript(script: Script, { paint, now }: View): string {
  const { slug, name, description, labels } = script;
  const by = (at: string, who: string) => `${showTime(at, now)} by ${plain(who)}`;
  return layOutFields(
    [
      ['script', `${paint.bold(slug)}  ${onOneLine(name, 200)}`],
      ['description', description === '' ? null : plain(description)],
      ['labels', labels.length === 0 ? null : plain(labels.join(', '))],
      ['type', `${script.kind}, ${script.type.replaceAll('_', ' ')}`],
      ['intents', script.intents.length === 0 ? null : plain(script.intents.join(', '))],
      ['languages', script.languageCodes.length === 0 ? null : plain(script.languageCodes.join(', '))],
      ['embedding', keyOf(script.embeddingKey)],
      ['status', `${script.enabled ? '' : `${script.status}, `}${statusOf(script, paint)}`],
      ['listed', script.listed ? 'its users see it' : null],
      ['active', script.activeNumber === null ? 'none' : paint.green(`version ${script.activeNumber}`)],
      ['in review', script.inReviewNumber === null ? null : paint.cyan(`version ${script.inReviewNumber}`)],
      ['newest', script.latestNumber === 0 ? 'no version yet' : `version ${script.latestNumber}`],
      ...triggersOf(script),
      ['review', script.reviewPolicy === null ? null : reviewOf(script.reviewPolicy)],
      ['pruned', pruningOf(script.prunePolicy)],
      ['created', by(script.createdAt, script.createdBy)],
      ['changed', by(script.changedAt, script.changedBy)],
    ],
    paint,
  );
}

const peopleOf = (acts: readonly { readonly by: string }[]): string =>
  acts.length === 0 ? '–' : onOneLine([...new Set(acts.map(({ by }) => by))].join(', '), 40);

export function showVersions(versions: readonly Version[], { paint, now }: View): string {
  if (versions.length === 0) return 'There is no version yet. Save one: stemma script push <slug> <file>';
  const rows = versions.map((version) => [
    paint.bold(String(version.number)),
    paintState(version.state, paint),
    plain(version.createdBy),
    showTime(version.createdAt, now),
    peopleOf(version.approvals),
    version.publishedBy === null ? '–' : plain(version.publishedBy),
    version.contentHash.slice(0, 12),
    onOneLine(version.changeSummary ?? '', 60),
  ]);
  const headings = [
    'version',
    'state',
    'author',
    'saved',
    'approved by',
    'published by',
    'content',
    'summary',
  ];
  return layOutTable(headings, rows, paint);
}

interface Act {
  readonly round: number;
  readonly by: string;
  readonly at: string;
  readonly note?: string | null;
}

const actsOf = (name: string, acts: readonly Act[], now: Date): readonly Field[] =>
  acts.map(({ round, by, at, note }) => {
    const words = (note ?? '') === '' ? '' : `: “${plain(note ?? '')}”`;
    return [name, `${showTime(at, now)} by ${plain(by)}, round ${round}${words}`];
  });

/** What the version is, then all that was done to it, in the order of a review. */
export function showVersion(slug: string, version: Version, { paint, now }: View): string {
  const by = (who: string | null, at: string | null) =>
    who === null || at === null ? null : `${showTime(at, now)} by ${plain(who)}`;
  const { sameContentAs, supersededByNumber: successor } = version;
  const archived = by(version.archivedBy, version.archivedAt);
  return layOutFields(
    [
      ['version', `${paint.bold(String(version.number))} of ${slug}, ${paintState(version.state, paint)}`],
      ['summary', version.changeSummary === null ? null : plain(version.changeSummary)],
      [version.origin, by(version.createdBy, version.createdAt)],
      ...actsOf('submitted', version.submissions, now),
      ...actsOf('withdrawn', version.withdrawals, now),
      ...actsOf('changes requested', version.requestedChanges, now),
      ...actsOf('approved', version.approvals, now),
      ['published', by(version.publishedBy, version.publishedAt)],
      ['glass broken', version.breakGlassReason === null ? null : paint.red(plain(version.breakGlassReason))],
      [
        'archived',
        archived === null ? null : `${archived}${successor === null ? '' : `, for version ${successor}`}`,
      ],
      ['content pruned', by(version.prunedBy, version.prunedAt)],
      ['same content', sameContentAs === null ? null : `as version ${sameContentAs}`],
      ['content hash', version.contentHash],
      ['version id', version.versionId],
      ['derived from', version.derivedFromVersionId],
    ],
    paint,
  );
}

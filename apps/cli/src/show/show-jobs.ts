import type { Certificate, Job } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutFields, layOutTable } from './lay-out-table.js';
import type { Paint } from './paint.js';
import { onOneLine, plain } from './plain-text.js';
import { showDuration, showTime } from './show-time.js';

type Outcome = NonNullable<NonNullable<Job['result']>['builds']>[number];
type Difference = NonNullable<Outcome['differences']>[number];

const many = (count: number): string => count.toLocaleString('en');

/** `rebuild of runs, versions: building, 12,000 events, 9,800/s, about 3.0 s left` */
export function tellProgress({ kind, projections, state, progress, askedBy }: Job): {
  readonly step: string;
  readonly line: string;
} {
  const head = `${kind} of ${projections.map(plain).join(', ')} for ${plain(askedBy)}`;
  if (state === 'queued') return { step: 'queued', line: `${head}: waits for a projector` };
  if (progress === null) return { step: 'beginning', line: `${head}: begins` };
  const { step, events, eventsPerSecond, secondsLeft } = progress;
  const speed = events === 0 ? [] : [`${many(events)} events`, `${many(eventsPerSecond)}/s`];
  const left = (secondsLeft ?? 0) === 0 ? [] : [`about ${showDuration((secondsLeft ?? 0) * 1_000)} left`];
  return { step, line: `${head}: ${[plain(step), ...speed, ...left].join(', ')}` };
}

const paintJob = (state: Job['state'], paint: Paint): string => {
  if (state === 'done') return paint.green(state);
  return state === 'refused' || state === 'aborted' ? paint.red(state) : paint.cyan(state);
};

const tookOf = ({ startedAt, endedAt }: Pick<Job, 'startedAt' | 'endedAt'>): string =>
  startedAt === null || endedAt === null ? '–' : showDuration(Date.parse(endedAt) - Date.parse(startedAt));

export function showJobs(jobs: readonly Job[], { paint, now }: View): string {
  if (jobs.length === 0) return 'Nobody has asked for anything yet.';
  const rows = jobs.map((job) => [
    job.id,
    job.kind,
    plain(job.projections.join(', ')),
    paintJob(job.state, paint),
    plain(job.askedBy),
    showTime(job.askedAt, now),
    tookOf(job),
    onOneLine(job.result?.reason ?? ''),
  ]);
  return layOutTable(['job', 'what', 'of', 'state', 'by', 'asked', 'took', 'why'], rows, paint);
}

/** What came of a job: its builds, and the rows that differ. */
export function showJob(job: Job, view: View): string {
  const { paint, now } = view;
  const { result } = job;
  const facts = layOutFields(
    [
      ['job', job.id],
      ['what', `${job.kind} of ${plain(job.projections.join(', '))}`],
      ['state', job.endedAt === null ? tellProgress(job).line : paintJob(job.state, paint)],
      ['by', `${plain(job.askedBy)}, ${showTime(job.askedAt, now)}`],
      ['took', tookOf(job)],
      [
        'events',
        // Swaps and drops read nothing.
        (result?.events ?? 0) === 0
          ? null
          : `${many(result?.events ?? 0)}, ${many(result?.eventsPerSecond ?? 0)}/s`,
      ],
      ['why', result?.reason === undefined ? null : plain(result.reason)],
    ],
    paint,
  );
  const outcomes = showOutcomes(job, view);
  return outcomes === '' ? facts : `${facts}\n\n${outcomes}`;
}

/** What came of each projection; with the rows that differ, column by column. */
export const showOutcomes = (job: Job, { paint }: View): string =>
  (job.result?.builds ?? []).map((outcome) => showOutcome(outcome, job, paint)).join('\n');

function showOutcome(outcome: Outcome, job: Job, paint: Paint): string {
  const { projection, build, against, equal, parked = [], differences = [] } = outcome;
  // What a verification makes is thrown away: it is about the build that is read.
  const about = job.kind === 'verify' ? (against ?? build) : build;
  const name = `${paint.bold(plain(projection))}, build ${about}`;
  if (equal === undefined) return `${name}: ${job.kind === 'drop' ? 'removed' : 'is read now'}`;
  const left = parked.map((stream) => `  left out, for it is parked: ${plain(stream)}`);
  const verdict = [verdictOf(outcome, job, paint), ...placeOf(outcome, job)].join('; ');
  return [`${name}: ${verdict}`, ...left, ...differences.flatMap((one) => showDifference(one, paint))].join(
    '\n',
  );
}

function verdictOf({ equal, against, digest = '', position = '' }: Outcome, job: Job, paint: Paint): string {
  if (equal === true)
    return `${paint.green('proven equal')} up to position ${position}, digest ${digest.slice(0, 12)}`;
  const other = job.kind === 'verify' || against === undefined ? 'a replay of the log' : `build ${against}`;
  return `${paint.red(`rows differ from ${other}`)} at position ${position}`;
}

/** Whether a rebuilt one is read. */
function placeOf({ projection }: Outcome, { kind, state, options }: Job): readonly string[] {
  if (kind !== 'rebuild' || state !== 'done') return [];
  return [options['swap'] === false ? `not read yet: stemma projections swap ${projection}` : 'read now'];
}

/** One row, column by column. */
function showDifference(
  { table, tenantId, key, columns, missing }: Difference,
  paint: Paint,
): readonly string[] {
  const row = `  ${plain(table)} ${plain(JSON.stringify(key))} of tenant ${plain(tenantId)}`;
  if (missing === 'is') return [`${row}: ${paint.red('is missing')}`];
  if (missing === 'shouldBe') return [`${row}: ${paint.red('should not exist')}`];
  const value = (json: unknown): string => onOneLine(JSON.stringify(json) ?? 'null', 200);
  return [
    row,
    ...columns.map(
      ({ column, is, shouldBe }) =>
        `    ${plain(column)} is ${paint.red(value(is))} and should be ${paint.green(value(shouldBe))}`,
    ),
  ];
}

export function showCertificates(certificates: readonly Certificate[], { paint, now }: View): string {
  if (certificates.length === 0) return 'Nothing was proven yet.';
  const rows = certificates.map((one) => [
    String(one.id),
    one.kind,
    `${plain(one.projection)} v${one.version}`,
    String(one.build),
    one.against === null ? '–' : String(one.against),
    one.position,
    one.equal ? paint.green('equal') : paint.red(`${one.differences.length} rows differ`),
    one.digest.slice(0, 12),
    showDuration(Date.parse(one.endedAt) - Date.parse(one.startedAt)),
    showTime(one.endedAt, now),
    plain(one.by),
  ]);
  const headings = [
    'id',
    'kind',
    'projection',
    'build',
    'against',
    'position',
    'rows',
    'digest',
    'took',
    'when',
    'by',
  ];
  return layOutTable(headings, rows, paint);
}

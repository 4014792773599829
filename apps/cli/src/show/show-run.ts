import type { Run } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutFields, layOutTable } from './lay-out-table.js';
import { type Paint, paintState } from './paint.js';
import { onOneLine, plain } from './plain-text.js';
import { showDuration, showSize, showTime } from './show-time.js';

interface Line {
  readonly at: number;
  readonly level: string;
  readonly stream: string;
  readonly message: string;
}

const timeOf = (at: number): string => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '--:--:--.---' : date.toISOString().slice(11, 23);
};

function brushOf({ level, stream }: Line, paint: Paint): (text: string) => string {
  if (level === 'error' || stream === 'stderr') return paint.red;
  if (level === 'warn') return paint.yellow;
  return level === 'debug' ? paint.dim : String;
}

/** `11:57:00.123 warn   the words` */
export function tellLine(line: Line, { paint }: Pick<View, 'paint'>): string {
  const source = (line.stream === 'log' ? line.level : line.stream).padEnd(6);
  return `${paint.dim(`${timeOf(line.at)} ${plain(source)}`)} ${brushOf(line, paint)(plain(line.message))}`;
}

const tookOf = ({ runMs }: Run): string => (runMs === null ? '–' : showDuration(runMs));

export function showRuns(runs: readonly Run[], { paint, now }: View): string {
  if (runs.length === 0) return 'There is no such run. Request one: stemma run <slug>';
  const rows = runs.map((run) => [
    run.runId,
    paint.bold(run.slug),
    String(run.number),
    run.context,
    paintState(run.status, paint),
    showTime(run.requestedAt, now),
    plain(run.requestedBy),
    tookOf(run),
    run.status === 'completed' ? '' : onOneLine(run.reason ?? ''),
  ]);
  const headings = ['run', 'script', 'version', 'context', 'status', 'requested', 'by', 'took', 'reason'];
  return layOutTable(headings, rows, paint);
}

function showOutput({ runId, output }: Run): string | null {
  if (output === null) return null;
  if (output.kind === 'inline') return plain(JSON.stringify(output.value, null, 2));
  return `${showSize(output.size)}: stemma runs output ${runId}`;
}

function showFiles(title: string, files: Run['artifacts'], paint: Paint): string {
  if (files.length === 0) return '';
  const rows = files.map(({ name, size, sha256 }) => [
    onOneLine(name, 100),
    showSize(size),
    sha256.slice(0, 12),
  ]);
  return `\n\n${layOutTable([title, 'size', 'sha256'], rows, paint)}`;
}

type Fact = readonly [label: string, value: string | null];

const shownJson = (value: unknown): string => onOneLine(JSON.stringify(value), 60);

/** What a run can be found by. */
function marksOf({ subject, connector, variables }: Run): readonly Fact[] {
  const set = Object.entries(variables).map(([name, { value }]) => `${plain(name)} = ${shownJson(value)}`);
  return [
    ['subject', subject && onOneLine(`${subject.schema} ${subject.model} ${subject.id}`)],
    ['connector', connector && onOneLine(`${connector.type} ${connector.key}`)],
    ['variables', set.length === 0 ? null : set.join(', ')],
  ];
}

/** The attempts before the last one, and when the next one is due. */
function triesOf({ attempts, retryAt }: Run, { now }: Pick<View, 'now'>): readonly Fact[] {
  const failed = attempts.flatMap(({ attempt, failed: end }): readonly Fact[] => {
    if (end === undefined) return [];
    const why = end.error === null ? end.reason : `${end.reason}, ${end.error.message}`;
    return [[`attempt ${attempt}`, onOneLine(`${end.status}: ${why}`, 100)]];
  });
  return [...failed, ['next try', retryAt === null ? null : showTime(retryAt, now)]];
}

function startOf({ startedAt, attempt, attempts }: Run, now: Date): string | null {
  if (startedAt === null) return null;
  const container = { true: ', warm', false: ', cold' }[String(attempts.at(-1)?.warm)] ?? '';
  return `${showTime(startedAt, now)}, attempt ${attempt}${container}`;
}

/** How a run went and what came out: facts, then result, then artifacts. */
export function showRun(run: Run, view: View): string {
  const { paint, now } = view;
  const { error, reason, log, cancelledBy, cancelRequestedAt: cancelAt } = run;
  const mayTake = run.limits['timeoutMs'];
  const at = (instant: string | null) => (instant === null ? null : showTime(instant, now));
  const facts = layOutFields(
    [
      ['run', run.runId],
      ['script', `${paint.bold(run.slug)}, version ${run.number}, ${run.context}, ${run.runtime}`],
      ['status', paintState(run.status, paint)],
      ['reason', reason === null ? null : plain(reason)],
      ['error', error === null ? null : paint.red(plain(`${error.name}: ${error.message}`))],
      ['exit code', run.exitCode === null ? null : String(run.exitCode)],
      ['requested', `${showTime(run.requestedAt, now)} by ${plain(run.requestedBy)}`],
      ...triesOf(run, view),
      ['started', startOf(run, now)],
      ['cancelled', cancelAt === null ? null : `${showTime(cancelAt, now)} by ${plain(cancelledBy ?? '?')}`],
      ['ended', at(run.endedAt)],
      ['may take', mayTake === undefined ? null : showDuration(mayTake)],
      ['took', run.runMs === null ? null : showDuration(run.runMs)],
      [
        'log',
        log === null
          ? null
          : `${log.lines} ${log.lines === 1 ? 'line' : 'lines'}${log.truncated ? ', cut short' : ''}`,
      ],
      ...marksOf(run),
      ['output', showOutput(run)],
    ],
    paint,
  );
  return facts + showFiles('input file', run.files, paint) + showFiles('artifact', run.artifacts, paint);
}

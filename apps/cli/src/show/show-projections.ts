import type { BuildReport, Parked, ParkedEvent, ProjectionStatus } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutFields, layOutTable } from './lay-out-table.js';
import type { Paint } from './paint.js';
import { onOneLine, plain } from './plain-text.js';
import { tellProgress } from './show-jobs.js';
import { relativeTime, showDuration, showTime } from './show-time.js';

/** Longer behind than this, and somebody should look. */
const LATE_SECONDS = 60;

/** Whether nobody has to do anything about this build. */
export function isWell({ state, ...build }: BuildReport): boolean {
  if (build.trouble !== null) return false;
  if (state !== 'live') return true;
  const moves = build.hasWriter && build.pausedBy === null && build.lag.seconds < LATE_SECONDS;
  return moves && build.parked === 0 && !isFoundWrong(build.proof);
}

/** A rebuild that differs says nothing against what it made, but against what was read before. */
const isFoundWrong = (proof: BuildReport['proof']): boolean =>
  proof !== null && !proof.equal && proof.kind !== 'rebuild';

function stateOf({ state, trouble, pausedBy, hasWriter }: BuildReport, paint: Paint): string {
  if (trouble !== null) return paint.red(`${state}, stopped`);
  if (pausedBy !== null) return paint.yellow(`${state}, paused by ${plain(pausedBy)}`);
  if (!hasWriter) return paint.red(`${state}, nobody keeps it`);
  return state === 'live' ? paint.green(state) : paint.dim(state);
}

const lagOf = ({ lag: { events, seconds } }: BuildReport): string =>
  events === 0 ? '–' : `${events.toLocaleString('en')} events, ${showDuration(seconds * 1_000)}`;

function proofOf({ proof }: BuildReport, { paint, now }: View): string {
  if (proof === null) return paint.dim('not yet');
  const said = `${proof.digest.slice(0, 12)} ${relativeTime(proof.at, now)}`;
  if (proof.equal) return said;
  const found = isFoundWrong(proof) ? 'rows differ' : `differs from build ${proof.against ?? '–'}`;
  return paint.red(`${found}, ${relativeTime(proof.at, now)}`);
}

const HEADINGS = [
  'projection',
  'version',
  'build',
  'state',
  'position',
  'behind',
  'events/s',
  'parked',
  'proven',
];

/** A line for each build, then what somebody has to do, then what is being done. */
export function showStatus({ builds, jobs }: ProjectionStatus, view: View): string {
  if (builds.length === 0) return 'Nothing is built yet: no projector has run on this database.';
  const { paint } = view;
  const rows = builds.map((build) => [
    paint.bold(plain(build.projection)),
    String(build.version),
    String(build.build),
    stateOf(build, paint),
    build.position ?? '–',
    lagOf(build),
    String(build.eventsPerSecond),
    build.parked === 0 ? '–' : paint.red(String(build.parked)),
    proofOf(build, view),
  ]);
  const advice = new Set(adviceForAll(builds).map((line) => paint.yellow(plain(line))));
  const running = jobs.map((job) => tellProgress(job).line);
  return [layOutTable(HEADINGS, rows, paint), ...section([...advice]), ...section(running)].join('\n');
}

const section = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

/** What all have in common is said once. */
function adviceForAll(builds: readonly BuildReport[]): readonly string[] {
  const unattended = builds.every(({ hasWriter, pausedBy, trouble }) => !hasWriter && !pausedBy && !trouble);
  if (!unattended) return builds.flatMap(adviceFor);
  const kept = builds.map((build) => ({ ...build, hasWriter: true }));
  return ['no projector runs: start one, nothing is lost meanwhile', ...kept.flatMap(adviceFor)];
}

function adviceFor(report: BuildReport): readonly string[] {
  const { projection, trouble, state } = report;
  if (trouble !== null) return [`${projection}: ${trouble}`];
  return state === 'live' ? liveAdviceFor(report).map((line) => `${projection}: ${line}`) : [];
}

function liveAdviceFor({ projection, build, ...report }: BuildReport): readonly string[] {
  const { parked, pausedBy, hasWriter, proof, lag } = report;
  const unattended = !hasWriter && pausedBy === null;
  const late = lag.seconds >= LATE_SECONDS && hasWriter && pausedBy === null;
  return [
    ...(parked > 0 ? [`stemma projections parked list ${projection}`] : []),
    ...(pausedBy === null ? [] : [`stemma projections resume ${projection}`]),
    ...(unattended
      ? [
          `nobody keeps build ${build} up to date: start a projector that knows it, or see in the log of the one that runs what holds it up`,
        ]
      : []),
    ...(late
      ? ['it is more than a minute behind: stemma projections status --watch shows whether it moves']
      : []),
    ...(isFoundWrong(proof)
      ? [`its rows were found wrong: stemma projections rebuild ${projection} --accept-differences`]
      : []),
  ];
}

export function showParkedList(parked: readonly Parked[], { paint, now }: View): string {
  if (parked.length === 0) return 'Nothing is parked.';
  const rows = parked.map((one) => [
    paint.bold(plain(one.projection)),
    plain(one.stream),
    String(one.events),
    plain(one.eventType),
    one.category,
    relativeTime(one.parkedAt, now),
    onOneLine(one.error, 80),
  ]);
  return layOutTable(['projection', 'stream', 'waiting', 'event', 'kind', 'since', 'error'], rows, paint);
}

export function showParkedEvent(parked: ParkedEvent, { paint, now }: View): string {
  const { projection, stream } = parked;
  const fields = layOutFields(
    [
      ['projection', `${paint.bold(plain(projection))}, build ${parked.build}`],
      ['stream', plain(stream)],
      ['event', `${plain(parked.eventType)}, revision ${parked.revision}, position ${parked.position}`],
      ['event id', parked.eventId],
      ['waiting', `${parked.events} events, this one included`],
      ['since', showTime(parked.parkedAt, now)],
      ['error', paint.red(`${parked.category}: ${plain(parked.error)}`)],
      ['data', plain(JSON.stringify(parked.event.data, null, 2))],
      ['metadata', plain(JSON.stringify(parked.event.metadata, null, 2))],
    ],
    paint,
  );
  return `${fields}\n\nNext:\n  stemma projections parked retry ${plain(projection)} ${plain(stream)}   (after the fault was mended)\n  stemma projections parked drop ${plain(projection)} ${plain(stream)} --reason <text>`;
}

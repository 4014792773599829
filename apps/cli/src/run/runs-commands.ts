import { type Command, Option } from 'commander';
import { type AsOf, withMoment } from '../as-of.js';
import { describeCommand, describeGroup } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import {
  collectPairs,
  type Pair,
  readInstant,
  readNumber,
  readRunId,
  readSlug,
  readWhole,
} from '../read-arguments.js';
import { gatherPages, more } from '../session/gather-pages.js';
import type { Session } from '../session/open-session.js';
import type { Run } from '../session/answers.js';
import { showRun, showRuns, tellLine } from '../show/show-run.js';
import type { Shown } from '../shown.js';
import { addBytesCommands } from './bytes-commands.js';
import { addDoctorCommand } from './doctor-command.js';
import { exitCodeOfRun, waitForEnd } from './wait-for-end.js';

interface ListOptions extends AsOf {
  readonly script?: string;
  readonly status?: Run['status'];
  readonly context?: Run['context'];
  readonly mine?: boolean;
  readonly trigger?: Run['trigger'];
  readonly since?: string;
  readonly until?: string;
  readonly var?: readonly Pair[];
  readonly subject?: readonly Pair[];
  readonly connector?: readonly Pair[];
  readonly limit: number;
}

const WAIT_SECONDS = 10;
const statuses = ['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'];

function addListCommand(runs: Command, perform: Perform): void {
  withMoment(
    describeCommand(runs, {
      usage: 'list',
      help: 'List runs, the newest first.',
      examples: [
        ['stemma runs list --script tidy-marks --status failed', 'what went wrong lately'],
        ['stemma runs list --mine --since 2026-11-21', 'what you asked for on that day and after it'],
        [
          'stemma runs list --var rows=3 --subject model=class --subject id=7b',
          'by what a script set, and of what it was',
        ],
      ],
    }),
  )
    .option('--script <slug>', 'only runs of this script', readSlug)
    .addOption(new Option('--status <status>', 'only these').choices(statuses))
    .addOption(new Option('--context <context>', 'only these').choices(['sandbox', 'production']))
    .option('--mine', 'only those you requested')
    .addOption(
      new Option('--trigger <kind>', 'only those a person asked for, or a service').choices([
        'manual',
        'api',
      ]),
    )
    .option(
      '--since <instant>',
      'requested then or later: a date (UTC), or a time with its zone',
      readInstant,
    )
    .option('--until <instant>', 'requested before', readInstant)
    .option('--var <name=value>', 'a variable that the script set; may be given several times', collectPairs)
    .option(
      '--subject <part=value>',
      'schema, model or id of what the run is about; several times',
      collectPairs,
    )
    .option('--connector <part=value>', 'type or key of what it works through; several times', collectPairs)
    .option('--limit <number>', 'at most so many', readWhole, 50)
    .action(perform(list));
}

export function addRunsCommands(program: Command, perform: Perform): void {
  const runs = describeGroup(program, 'runs', 'Runs: how they went and what came out.');
  addListCommand(runs, perform);
  withMoment(
    describeCommand(runs, {
      usage: 'show',
      help: 'Show a run: status, result, artifacts.',
      examples: [['stemma runs show <run> --json', 'all that is known of it']],
    }),
  )
    .argument('<run>', 'its id', readRunId)
    .action(perform(show));
  describeCommand(runs, {
    usage: 'logs',
    help: 'Show what a run said.',
    examples: [
      ['stemma runs logs <run> --follow', 'line by line, until it ends'],
      ['stemma runs logs <run> --attempt 1', 'what it said before it was tried again'],
    ],
  })
    .argument('<run>', 'its id', readRunId)
    .option('--follow', 'stay until the run ends; the exit code says how it went')
    .addOption(
      new Option('--attempt <number>', 'of this attempt (default: the last one)')
        .argParser(readNumber)
        .conflicts('follow'),
    )
    .action(perform(logs));
  describeCommand(runs, {
    usage: 'cancel',
    help: 'Cancel a run, wherever it is.',
    examples: [
      ['stemma runs cancel <run> --reason "The wrong file"', 'the reason stays in the history'],
      [
        'stemma runs cancel <run> --wait',
        'answers when its container is gone; exit code 6 when it is not yet',
      ],
    ],
  })
    .argument('<run>', 'its id', readRunId)
    .option(
      '--wait [seconds]',
      'stay until it is a fact, 10 seconds at most unless told otherwise (1 to 20)',
      readWhole,
    )
    .option('--reason <text>', 'why')
    .action(perform(cancel));
  addDoctorCommand(runs, perform);
  addBytesCommands(runs, perform);
}

async function list({ api }: Session, options: ListOptions): Promise<Shown> {
  const { script: slug, status, context, trigger, mine, since: from, until: to, limit, asOf } = options;
  const filters = {
    ...{ slug, status, context, trigger, from, to, asOf },
    mine: mine === true ? ('true' as const) : undefined,
    ...under('var', options.var),
    ...under('subject', options.subject),
    ...under('connector', options.connector),
  };
  const data = await gatherPages(limit, (size, cursor?: string) =>
    api.call('listRuns', { query: leaveOutAbsent({ ...filters, limit: size, cursor }) }),
  );
  return { data, text: (view) => showRuns(data.items, view) + more(data.next) };
}

/** `subject.id=7b`: as the API names the parts. */
const under = (group: string, pairs: readonly Pair[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(([name, value]) => [`${group}.${name}`, value]));

async function show({ api }: Session, runId: string, { asOf }: AsOf): Promise<Shown> {
  const data = await api.call('showRun', { path: { runId }, query: leaveOutAbsent({ asOf }) });
  return { data, text: (view) => showRun(data, view) };
}

async function logs(
  session: Session,
  runId: string,
  { follow, attempt }: { readonly follow?: boolean; readonly attempt?: number },
): Promise<Shown> {
  if (follow === true) {
    const ended = await waitForEnd(session, runId);
    return { data: ended, text: (view) => `\n${showRun(ended, view)}`, exitCode: exitCodeOfRun(ended) };
  }
  const data = await session.api.call('readLog', {
    path: { runId },
    query: attempt === undefined ? {} : { attempt: String(attempt) },
  });
  const text: Shown['text'] = (view) =>
    data.lines.length === 0
      ? `Nothing was said${['pending', 'running'].includes(data.status) ? ' yet' : ''}; the run is ${data.status}.`
      : data.lines.map((line) => tellLine(line, view)).join('\n');
  return { data, text };
}

interface CancelOptions {
  readonly reason?: string;
  readonly wait?: number | true;
}

async function cancel({ api }: Session, runId: string, { reason, wait }: CancelOptions): Promise<Shown> {
  const query = wait === undefined ? {} : { wait: wait === true ? WAIT_SECONDS : wait };
  const data = await api.call('cancelRun', { path: { runId }, query, body: { reason: reason ?? null } });
  const text =
    data.status === 'cancelled'
      ? 'The run is cancelled.'
      : `The run is being stopped.\nNext: stemma runs show ${runId}`;
  const tooEarly = wait !== undefined && data.status !== 'cancelled';
  return { data, text: () => text, exitCode: tooEarly ? exitCodes.unavailable : exitCodes.ok };
}

import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import { usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import { collect, collectPairs, type Pair, readNumber, readSlug, readWhole } from '../read-arguments.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import { readJson } from '../script/read-source.js';
import type { Session } from '../session/open-session.js';
import { showRun } from '../show/show-run.js';
import type { Shown } from '../shown.js';
import { uploadFiles } from './upload-files.js';
import { exitCodeOfRun, waitForEnd } from './wait-for-end.js';

interface Options {
  readonly sandbox?: boolean;
  readonly version?: number;
  readonly input?: string;
  readonly file?: readonly string[];
  readonly timeout?: number;
  readonly subject?: readonly Pair[];
  readonly connector?: readonly Pair[];
  readonly follow?: boolean;
}

export function addRunCommand(program: Command, perform: Perform): void {
  describeCommand(program, {
    usage: 'run',
    help: 'Run a script: its active version, or with --sandbox any version.',
    examples: [
      ['stemma run tidy-marks --file marks.csv --follow', 'the log as it comes, then the result'],
      [
        'stemma run tidy-marks --sandbox --version 4 --input input.json',
        'tries a draft; answers with the id of the run',
      ],
      [
        'stemma run tidy-marks --subject schema=school --subject model=class --subject id=7b',
        'of what it is, to find it by: stemma runs list --subject id=7b',
      ],
      ['echo \'{"year": 2026}\' | stemma run tidy-marks --input -', 'the input from standard input'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--sandbox', 'try a version; without --version the newest')
    .option('--version <number>', 'the version to run', readNumber)
    .option('--input <file>', 'JSON that the function is called with; - reads standard input (default: {})')
    .option('--file <file>', 'a file the script can read, by its name; may be given several times', collect)
    .option('--timeout <seconds>', 'end the run after so long', readWhole)
    .option('--subject <part=value>', 'schema, model and id of what the run is about', collectPairs)
    .option('--connector <part=value>', 'type and key of what it works through', collectPairs)
    .option('--follow', 'stay, show the log, and end with an exit code by how the run went')
    .action(perform(run));
}

/** Every part of it once, and nothing else: half of it would find nothing later. */
function wholeOf<Part extends string>(
  option: string,
  parts: readonly Part[],
  given: readonly Pair[] | undefined,
): Readonly<Record<Part, string>> | undefined {
  if (given === undefined) return undefined;
  const named = Object.fromEntries(given);
  const isWhole = given.length === parts.length && parts.every((part) => named[part]);
  if (isWhole) return named as Record<Part, string>;
  const wanted = parts.map((part) => `--${option} ${part}=…`).join(' ');
  throw usageFailure(`A ${option} has each of its parts once: ${wanted}`);
}

async function request(session: Session, slug: string, options: Options) {
  const { input, file = [], sandbox, version, timeout } = options;
  const names = file.length + (input === '-' ? 1 : 0);
  if (names > 20) throw usageFailure('A run takes 20 files at most.');
  const subject = wholeOf('subject', ['schema', 'model', 'id'], options.subject);
  const connector = wholeOf('connector', ['type', 'key'], options.connector);
  const body = {
    context: sandbox === true ? ('sandbox' as const) : ('production' as const),
    version: version ?? null,
    input: input === undefined ? {} : await readJson(input, session.world),
    files: await uploadFiles(session, file),
    timeoutMs: timeout === undefined ? null : timeout * 1_000,
    ...leaveOutAbsent({ subject, connector }),
  };
  return session.api.call('requestRun', { path: { slug }, body });
}

async function run(session: Session, slug: string, options: Options): Promise<Shown> {
  const requested = await request(session, slug, options);
  const { runId, number, context } = requested;
  const head = `Run ${runId} of version ${number}, ${context}, is requested.`;
  if (options.follow !== true) {
    return { data: requested, text: () => `${head}\nNext: stemma runs logs ${runId} --follow` };
  }
  if (session.globals.json !== true) session.world.stdout.write(`${head}\n`);
  const ended = await waitForEnd(session, runId);
  return { data: ended, text: (view) => `\n${showRun(ended, view)}`, exitCode: exitCodeOfRun(ended) };
}

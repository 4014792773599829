import { type Command, Option } from 'commander';
import { describeCommand } from '../describe-command.js';
import { usageFailure } from '../failure.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { collect, readBase, readNumber, readSlug } from '../read-arguments.js';
import type { Script } from '../session/answers.js';
import type { Session } from '../session/open-session.js';
import { plain } from '../show/plain-text.js';
import type { Shown } from '../shown.js';
import { guessRuntime, readJsonObject, readText, type Runtime } from './read-source.js';

interface Details {
  readonly name?: string;
  readonly description?: string;
  readonly label?: readonly string[];
  readonly intent?: readonly string[];
  readonly language?: readonly string[];
  readonly embeddingKey?: string;
}

interface CreateOptions extends Details {
  readonly type?: Script['type'];
}

interface PushOptions {
  readonly runtime?: Runtime;
  readonly entrypoint: string;
  readonly summary?: string;
  readonly base?: number;
  readonly inputSchema?: string;
  readonly settings?: string;
}

export function addAuthoringCommands(script: Command, perform: Perform): void {
  withDetails(
    describeCommand(script, {
      usage: 'create',
      help: 'Make a new script, still without a version. Its slug is its name for ever.',
      examples: [
        ['stemma script create tidy-marks --name "Tidy marks" --label csv', 'with a name and a label'],
        ['stemma script create tidy-marks', 'the name is the slug'],
      ],
    })
      .argument('<slug>', 'a-z, 0-9 and -, 2 to 63 characters', readSlug)
      .addOption(
        new Option(
          '--type <type>',
          'what starts its runs (default: one_off, by hand or by the API; embedded: services alone)',
        ).choices(['cron', 'http', 'one_off', 'embedded']),
      ),
  ).action(perform(create));

  withDetails(
    describeCommand(script, {
      usage: 'describe',
      help: 'Change what a script says of itself. Labels replace the earlier ones.',
      examples: [['stemma script describe tidy-marks --description "Sorts and averages"', 'leaves the rest']],
    }).argument('<slug>', 'the script', readSlug),
  ).action(perform(describe));

  describeCommand(script, {
    usage: 'push',
    help: 'Save a file as the next version of a script, a draft.',
    examples: [
      [
        'stemma script push tidy-marks tidy.py --summary "Skip empty rows"',
        'what runs it is guessed from .py',
      ],
      ['stemma script push tidy-marks - --runtime node < tidy.js', 'from standard input'],
      ['stemma script push tidy-marks tidy.py --base 4', 'refused when there is a version after 4'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('<file>', 'the source; - reads standard input')
    .addOption(new Option('--runtime <name>', 'what runs it').choices(['node', 'python', 'shell']))
    .option('--entrypoint <function>', 'the function to call', 'run')
    .option('--summary <text>', 'what changed, for the reviewers and the history')
    .option('--base <number>', 'the newest version you know (default: the newest there is)', readBase)
    .option('--input-schema <file>', 'a JSON Schema that the input of a run must satisfy')
    .option('--settings <file>', 'a JSON object of settings, part of the version')
    .action(perform(push));

  describeCommand(script, {
    usage: 'content',
    help: 'Print the source of a version, byte for byte.',
    examples: [['stemma script content tidy-marks 2 > tidy.py', 'the source alone; --json has all fields']],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('[version]', 'its number (default: the newest)', readNumber)
    .action(perform(content));
}

const withDetails = (command: Command): Command =>
  command
    .option('--name <text>', 'the name for people')
    .option('--description <text>', 'what it is for')
    .option('--label <label>', 'a label; may be given several times', collect)
    .option('--intent <intent>', 'what people want when this is the answer; several times', collect)
    .option('--language <code>', 'a language it speaks, such as de-CH; several times', collect)
    .option('--embedding-key <key>', 'its place in an index of embeddings elsewhere');

const namedDetails = ({ name, description, label, intent, language, embeddingKey }: Details) =>
  leaveOutAbsent({
    name,
    description,
    labels: label,
    intents: intent,
    languageCodes: language,
    embeddingKey,
  });

async function create({ api }: Session, slug: string, options: CreateOptions): Promise<Shown> {
  const { type } = options;
  const details = { ...namedDetails(options), name: options.name ?? slug };
  const data = await api.call('createScript', { body: { slug, details, ...leaveOutAbsent({ type }) } });
  const trigger = {
    cron: `\nThen: stemma script triggers ${slug} daily --cron "0 7 * * *" --zone Europe/Berlin`,
    http: `\nThen: stemma script triggers ${slug} hook --http "POST /${slug}"`,
  };
  const then = type === 'cron' || type === 'http' ? trigger[type] : '';
  return { data, text: () => `${slug} is created.\nNext: stemma script push ${slug} <file>${then}` };
}

async function describe({ api }: Session, slug: string, options: Details): Promise<Shown> {
  const change = namedDetails(options);
  if (Object.keys(change).length === 0) {
    throw usageFailure(
      'Nothing would change: give --name, --description, --label, --intent, --language or --embedding-key.',
    );
  }
  const { latestNumber } = await api.call('showScript', { path: { slug } });
  const data = await api.call('changeDetails', {
    path: { slug },
    body: { ...change, baseNumber: latestNumber },
  });
  return { data, text: () => `${slug} is ${data.changed ? 'changed' : 'as it was'}.` };
}

async function push(session: Session, slug: string, file: string, options: PushOptions): Promise<Shown> {
  const { api, world, globals } = session;
  if (globals.idempotencyKey !== undefined && options.base === undefined) {
    throw usageFailure(
      'With --idempotency-key name the --base, too: its default may be another one the next time.',
    );
  }
  const runtime = options.runtime ?? guessRuntime(file);
  const content = {
    runtime,
    entrypoint: options.entrypoint,
    source: await readText(file, world),
    ...leaveOutAbsent({
      inputSchema: await readJsonObject(options.inputSchema, world),
      settings: await readJsonObject(options.settings, world),
    }),
  };
  const baseNumber = options.base ?? (await api.call('showScript', { path: { slug } })).latestNumber;
  const data = await api.call('saveDraft', {
    path: { slug },
    body: { baseNumber, content, changeSummary: options.summary ?? null },
  });
  const same = data.sameContentAs === null ? '' : ` Its content is that of version ${data.sameContentAs}.`;
  return {
    data,
    text: ({ paint }) =>
      `Version ${paint.bold(String(data.number))} of ${slug} is saved as a draft.${same}\nNext: stemma script submit ${slug}`,
  };
}

async function content({ api, world }: Session, slug: string, version?: number): Promise<Shown> {
  const number = version ?? (await api.call('showScript', { path: { slug } })).latestNumber;
  const data = await api.call('showContent', { path: { slug, number } });
  const { source } = data.content;
  const text = typeof source === 'string' ? source : '';
  return { data, verbatim: true, text: () => (world.stdout.isTTY === true ? plain(text) : text) };
}

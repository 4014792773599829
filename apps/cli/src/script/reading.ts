import type { Arguments } from '@stemma/client';
import { type Command, Option } from 'commander';
import { type AsOf, withMoment } from '../as-of.js';
import { describeCommand } from '../describe-command.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { collect, readNumber, readSlug, readWhole } from '../read-arguments.js';
import type { Version } from '../session/answers.js';
import type { Session } from '../session/open-session.js';
import { showScript, showScripts, showVersion, showVersions } from '../show/show-script.js';
import type { Shown } from '../shown.js';
import { gatherPages, more } from '../session/gather-pages.js';

type Search = NonNullable<Arguments<'listScripts'>['query']>;

interface ListOptions extends AsOf {
  readonly text?: string;
  readonly label?: readonly string[];
  readonly intent?: readonly string[];
  readonly language?: readonly string[];
  readonly status?: Search['status'];
  readonly type?: Search['type'];
  readonly author?: string;
  readonly listed?: boolean;
  readonly disabled?: boolean;
  readonly retired?: boolean;
  readonly sort?: Search['sort'];
  readonly count?: boolean;
  readonly limit: number;
}

interface VersionsOptions extends AsOf {
  readonly state?: Version['state'];
  readonly author?: string;
  readonly limit: number;
}

const MANY = 1_000;

export function addReadingCommands(script: Command, perform: Perform): void {
  addListCommand(script, perform);
  withMoment(
    describeCommand(script, {
      usage: 'show',
      help: 'Show a script, or one of its versions.',
      examples: [
        ['stemma script show tidy-marks', 'the script'],
        ['stemma script show tidy-marks 2', 'who saved, reviewed and published version 2, and when'],
        ['stemma script show tidy-marks --as-of 2026-11-01', 'what was active when November began'],
      ],
    })
      .argument('<slug>', 'the script', readSlug)
      .argument('[version]', 'its number', readNumber),
  ).action(perform(show));
  withMoment(
    describeCommand(script, {
      usage: 'versions',
      help: 'List the versions of a script, the newest first.',
      examples: [['stemma script versions tidy-marks', 'states, authors and reviewers']],
    }),
  )
    .argument('<slug>', 'the script', readSlug)
    .addOption(
      new Option('--state <state>', 'only these').choices(['draft', 'in_review', 'active', 'archived']),
    )
    .option('--author <person>', 'only those saved by this person')
    .option('--limit <number>', 'at most so many', readWhole, MANY)
    .action(perform(versions));
}

const sorts = ['slug', '-slug', 'name', '-name', 'createdAt', '-createdAt', 'changedAt', '-changedAt'];

function addListCommand(script: Command, perform: Perform): void {
  withMoment(
    describeCommand(script, {
      usage: 'list',
      help: 'List scripts, or find them.',
      examples: [
        ['stemma script list --status draft', 'what was never published'],
        ['stemma script list --label csv --sort -changedAt --limit 10', 'the ten changed last'],
        [
          'stemma script list --text "clean sal" --count',
          'words that begin so, in name, labels or description',
        ],
      ],
    }),
  )
    .option('--text <words>', 'only those with words that begin so')
    .option('--label <label>', 'only those with this label; may be given several times', collect)
    .option('--intent <intent>', 'only those with this intent; may be given several times', collect)
    .option('--language <code>', 'only those in this language; may be given several times', collect)
    .addOption(new Option('--status <status>', 'only these').choices(['draft', 'published', 'archived']))
    .addOption(new Option('--type <type>', 'only these').choices(['cron', 'http', 'one_off', 'embedded']))
    .option('--author <person>', 'only those made by this person')
    .option('--listed', 'only those that their users see')
    .option('--disabled', 'only those that do not run')
    .option('--retired', 'only those that came to their end')
    .addOption(new Option('--sort <order>', 'the order').choices(sorts))
    .option('--count', 'also say how many there are')
    .option('--limit <number>', 'at most so many', readWhole, 50)
    .action(perform(list));
}

function searchOf(options: ListOptions): Search {
  const { text, label, intent, language, status, type, sort, asOf } = options;
  const { author: createdBy, disabled, listed, retired, count } = options;
  const yes = (flag: boolean | undefined) => (flag === true ? ('true' as const) : undefined);
  return leaveOutAbsent({
    ...{ text, label, intent, language, status, type, sort, createdBy, asOf },
    enabled: disabled === true ? ('false' as const) : undefined,
    listed: yes(listed),
    retired: yes(retired),
    count: yes(count),
  });
}

async function list({ api }: Session, options: ListOptions): Promise<Shown> {
  let total: number | undefined;
  const pages = await gatherPages(options.limit, async (limit, cursor?: string) => {
    const query = { ...searchOf(options), limit, ...leaveOutAbsent({ cursor }) };
    const page = await api.call('listScripts', { query });
    total = page.total;
    return page;
  });
  const data = { ...pages, ...(total !== undefined && { total }) };
  const counted = total === undefined ? '' : `\n${total} in all.`;
  return { data, text: (view) => showScripts(data.items, view) + more(data.next) + counted };
}

async function show(
  { api }: Session,
  slug: string,
  number: number | undefined,
  options: AsOf,
): Promise<Shown> {
  const query = leaveOutAbsent({ asOf: options.asOf });
  if (number === undefined) {
    const data = await api.call('showScript', { path: { slug }, query });
    return { data, text: (view) => showScript(data, view) };
  }
  const data = await api.call('showVersion', { path: { slug, number }, query });
  return { data, text: (view) => showVersion(slug, data, view) };
}

async function versions(
  { api }: Session,
  slug: string,
  { state, author, limit, asOf }: VersionsOptions,
): Promise<Shown> {
  const data = await gatherPages(limit, (size, below?: number) =>
    api.call('listVersions', {
      path: { slug },
      query: leaveOutAbsent({ state, author, limit: size, below, asOf }),
    }),
  );
  return { data, text: (view) => showVersions(data.items, view) + more(data.next) };
}

import { type Command, Option } from 'commander';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { collect, readNumber, readSlug, readWhole } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { eventRow } from '../show/describe-event.js';
import { layOutTable } from '../show/lay-out-table.js';
import { showFieldChange, showUnifiedDiff } from '../show/show-diff.js';
import { showScript, showScripts, showVersion, showVersions } from '../show/show-script.js';
import type { Shown } from '../shown.js';
import { gatherPages } from './gather-pages.js';

interface ListOptions {
  readonly label?: readonly string[];
  readonly status?: 'draft' | 'published' | 'archived';
  readonly sort?: 'slug' | '-slug' | 'createdAt' | '-createdAt' | 'changedAt' | '-changedAt';
  readonly limit: number;
}

interface Limited {
  readonly limit: number;
}

const MANY = 1_000;

export function addReadingCommands(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'list',
    help: 'List scripts.',
    examples: [
      ['stemma script list --status draft', 'what was never published'],
      ['stemma script list --label csv --sort -changedAt --limit 10', 'the ten changed last'],
    ],
  })
    .option('--label <label>', 'only those with this label; may be given several times', collect)
    .addOption(new Option('--status <status>', 'only these').choices(['draft', 'published', 'archived']))
    .addOption(
      new Option('--sort <order>', 'the order').choices([
        'slug',
        '-slug',
        'createdAt',
        '-createdAt',
        'changedAt',
        '-changedAt',
      ]),
    )
    .option('--limit <number>', 'at most so many', readWhole, 50)
    .action(perform(list));
  describeCommand(script, {
    usage: 'show',
    help: 'Show a script, or one of its versions.',
    examples: [
      ['stemma script show tidy-marks', 'the script'],
      ['stemma script show tidy-marks 2', 'who saved, reviewed and published version 2, and when'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('[version]', 'its number', readNumber)
    .action(perform(show));
  describeCommand(script, {
    usage: 'versions',
    help: 'List the versions of a script, the newest first.',
    examples: [['stemma script versions tidy-marks', 'states, authors and reviewers']],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--limit <number>', 'at most so many', readWhole, MANY)
    .action(perform(versions));
  addStoryCommands(script, perform);
}

function addStoryCommands(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'history',
    help: 'Tell all that happened to a script, one line for each event: when, who, what.',
    examples: [['stemma script history tidy-marks --json', 'the events as they are stored']],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--limit <number>', 'at most so many', readWhole, MANY)
    .action(perform(history));
  describeCommand(script, {
    usage: 'diff',
    help: 'Show what differs between two versions.',
    examples: [
      ['stemma script diff tidy-marks', 'the newest version against the active one'],
      ['stemma script diff tidy-marks 2 5', 'version 5 against version 2'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('[from]', 'the older number (default: the active one, else the one before)', readNumber)
    .argument('[to]', 'the newer number (default: the newest)', readNumber)
    .action(perform(diff));
}

const more = (next: unknown): string => (next === null ? '' : '\nThere are more: raise --limit.');

async function list({ api }: Session, { label, status, sort, limit }: ListOptions): Promise<Shown> {
  const data = await gatherPages(limit, (size, cursor?: string) =>
    api.call('listScripts', { query: leaveOutAbsent({ label, status, sort, limit: size, cursor }) }),
  );
  return { data, text: (view) => showScripts(data.items, view) + more(data.next) };
}

async function show({ api }: Session, slug: string, number?: number): Promise<Shown> {
  if (number === undefined) {
    const data = await api.call('showScript', { path: { slug } });
    return { data, text: (view) => showScript(data, view) };
  }
  const data = await api.call('showVersion', { path: { slug, number } });
  return { data, text: (view) => showVersion(slug, data, view) };
}

async function versions({ api }: Session, slug: string, { limit }: Limited): Promise<Shown> {
  const data = await gatherPages(limit, (size, below?: number) =>
    api.call('listVersions', { path: { slug }, query: leaveOutAbsent({ limit: size, below }) }),
  );
  return { data, text: (view) => showVersions(data.items, view) + more(data.next) };
}

async function history({ api }: Session, slug: string, { limit }: Limited): Promise<Shown> {
  const data = await gatherPages(limit, (size, after?: string) =>
    api.call('showHistory', { path: { slug }, query: leaveOutAbsent({ limit: size, after }) }),
  );
  const text: Shown['text'] = ({ paint, now }) =>
    layOutTable(
      ['when', 'who', 'what', 'detail'],
      data.items.map((entry) => eventRow(entry, paint, now)),
      paint,
    ) + more(data.next);
  return { data, text };
}

interface Ends {
  readonly from: number;
  readonly to: number;
}

async function usualEnds({ api }: Session, slug: string, from?: number, to?: number): Promise<Ends> {
  if (from !== undefined && to !== undefined) return { from, to };
  const { activeNumber, latestNumber } = await api.call('showScript', { path: { slug } });
  const before = activeNumber !== null && activeNumber < latestNumber ? activeNumber : latestNumber - 1;
  const ends = { from: from ?? before, to: latestNumber };
  if (ends.from >= 1) return ends;
  const detail = `${slug} has ${latestNumber === 0 ? 'no version' : 'only one version'}: there is nothing to compare.`;
  throw new Failure(exitCodes.notFound, { code: 'version-not-found', title: 'No two versions', detail });
}

async function diff(session: Session, slug: string, from?: number, to?: number): Promise<Shown> {
  const ends = await usualEnds(session, slug, from, to);
  const data = await session.api.call('diffVersions', { path: { slug }, query: ends });
  const text: Shown['text'] = ({ paint }) => {
    if (data.same) return `Versions ${data.from} and ${data.to} of ${slug} have the same content.`;
    const source = data.source === '' ? [] : [showUnifiedDiff(data.source, paint)];
    return [...source, ...data.fields.map((field) => showFieldChange(field, paint))].join('\n');
  };
  return { data, text };
}

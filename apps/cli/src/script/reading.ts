import { type Command, Option } from 'commander';
import { describeCommand } from '../describe-command.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { collect, readNumber, readSlug, readWhole } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { showScript, showScripts, showVersion, showVersions } from '../show/show-script.js';
import type { Shown } from '../shown.js';
import { gatherPages, more } from '../session/gather-pages.js';

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
}

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

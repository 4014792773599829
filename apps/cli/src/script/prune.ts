import type { AnswerOf } from '@stemma/client';
import { type Command, Option } from 'commander';
import { describeCommand } from '../describe-command.js';
import { usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import { readBase, readSlug, readWhole } from '../read-arguments.js';
import { confirm } from '../session/ask-person.js';
import type { Session, View } from '../session/open-session.js';
import { layOutTable } from '../show/lay-out-table.js';
import type { Shown } from '../shown.js';

interface PruneOptions {
  readonly maxVersions?: number;
  readonly retentionDays?: number;
  readonly dryRun?: boolean;
  readonly hourly?: boolean;
  readonly never?: boolean;
  readonly base?: number;
  readonly yes?: boolean;
}

interface PrunePolicy {
  readonly maxVersions: number | null;
  readonly retentionDays: number | null;
}

type Pruned = AnswerOf<'pruneVersions'>;

export function addPruneCommand(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'prune',
    help:
      'Give up the content of old versions. What happened to them stays. Never the active one, one in review, the ' +
      'newest, or one archived within a day. Shows which ones, and asks.',
    examples: [
      ['stemma --as admin script prune tidy-marks --max-versions 20 --dry-run', 'which ones it would be'],
      ['stemma --as admin script prune tidy-marks --retention-days 90 --yes', 'now, without being asked'],
      ['stemma --as admin script prune tidy-marks --max-versions 50 --hourly', 'by itself, every hour'],
      ['stemma --as admin script prune tidy-marks --never', 'not by itself any more'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--max-versions <number>', 'keep so many of the newest', readWhole)
    .option('--retention-days <number>', 'keep each so many days after it was archived', readWhole)
    .addOption(new Option('--dry-run', 'only show which ones').conflicts(['hourly', 'never']))
    .addOption(new Option('--hourly', 'from now on, every hour').conflicts(['never']))
    .addOption(new Option('--never', 'only when somebody asks').conflicts(['maxVersions', 'retentionDays']))
    .option('--base <number>', 'with --hourly or --never: the newest version you know', readBase)
    .option('--yes', 'do not ask')
    .action(perform(prune));
}

async function prune(session: Session, slug: string, options: PruneOptions): Promise<Shown> {
  if (options.never === true) return setPolicy(session, slug, null, options.base);
  const { maxVersions = null, retentionDays = null } = options;
  if (maxVersions === null && retentionDays === null) {
    throw usageFailure('Say --max-versions, --retention-days or both.');
  }
  const policy = { maxVersions, retentionDays };
  if (options.hourly === true) return setPolicy(session, slug, policy, options.base);
  const { api, globals, view } = session;
  const would = await api.call('pruneVersions', { path: { slug }, body: { ...policy, dryRun: true } });
  const nothing = would.versions.length === 0;
  if (options.dryRun === true || nothing) return { data: would, text: (to) => showPruned(slug, would, to) };
  if (globals.json !== true && options.yes !== true) {
    session.world.stdout.write(`${showPruned(slug, would, view)}\n`);
  }
  const many = would.versions.length;
  await confirm(
    session,
    `Give up the content of ${many} version${many === 1 ? '' : 's'} for ever?`,
    options.yes,
  );
  const data = await api.call('pruneVersions', { path: { slug }, body: { ...policy, dryRun: false } });
  return { data, text: (to) => showPruned(slug, data, to) };
}

const MOST_AT_ONCE = 1_000;

function showPruned(slug: string, { dryRun, versions }: Pruned, { paint }: View): string {
  if (versions.length === 0) return `No version of ${slug} is to be pruned by this.`;
  const rows = versions.map(({ number, contentHash }) => [
    paint.bold(String(number)),
    contentHash.slice(0, 12),
  ]);
  const told = dryRun ? 'would be given up' : 'is given up';
  const again = versions.length === MOST_AT_ONCE ? ' There may be more: prune again.' : '';
  const table = layOutTable(['version', 'content'], rows, paint);
  return `${table}\nThe content of ${versions.length} version${versions.length === 1 ? '' : 's'} of ${slug} ${told}.${again}`;
}

async function setPolicy(
  { api }: Session,
  slug: string,
  policy: PrunePolicy | null,
  base: number | undefined,
): Promise<Shown> {
  const baseNumber = base ?? (await api.call('showScript', { path: { slug } })).latestNumber;
  const data = await api.call('setPrunePolicy', { path: { slug }, body: { policy, baseNumber } });
  const how = policy === null ? 'only when somebody asks' : 'every hour, by this rule';
  return {
    data,
    text: () => `Old versions of ${slug} are pruned ${how}${data.changed ? '' : ', as before'}.`,
  };
}

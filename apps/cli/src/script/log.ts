import { authoringActionSchema } from '@stemma/contracts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AsOf, withMoment } from '../as-of.js';
import { describeCommand } from '../describe-command.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readNumber, readSlug, readWhole } from '../read-arguments.js';
import type { AuthoringEntry } from '../session/answers.js';
import { gatherPages, more } from '../session/gather-pages.js';
import type { Session } from '../session/open-session.js';
import { showActivations, showAuthoring, showDecisions } from '../show/show-authoring.js';
import type { Shown } from '../shown.js';

interface LogOptions extends AsOf {
  readonly active?: boolean;
  readonly limit: number;
}

interface AuditOptions extends AsOf {
  readonly script?: string;
  readonly actor?: string;
  readonly action?: readonly AuthoringEntry['action'][];
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

export function addLogCommands(script: Command, perform: Perform): void {
  withMoment(
    describeCommand(script, {
      usage: 'log',
      help:
        'Tell what was decided about the versions of a script, with every word of it, the newest first. ' +
        '(`stemma log` is about the event log on this machine.)',
      examples: [
        ['stemma script log tidy-marks', 'submitted, approved, sent back, published, rolled back'],
        ['stemma script log tidy-marks 3', 'about version 3'],
        ['stemma script log tidy-marks --active', 'who moved the active version, and when'],
      ],
    }),
  )
    .argument('<slug>', 'the script', readSlug)
    .argument('[version]', 'only about this one', readNumber)
    .option('--active', 'only who moved the active version')
    .option('--limit <number>', 'at most so many', readWhole, 100)
    .action(perform(log));
  withMoment(
    describeCommand(script, {
      usage: 'audit',
      help: 'Tell every change of every script: what, from what to what, why, who, when. For auditors and admins.',
      examples: [
        ['stemma --as admin script audit --script tidy-marks', 'of one script'],
        [
          'stemma --as admin script audit --action publish --action rollback --from 2026-11-01',
          'by action and time',
        ],
      ],
    }),
  )
    .option('--script <slug>', 'only of this script', readSlug)
    .option('--actor <person>', 'only by this person')
    .addOption(
      new Option('--action <action>', 'only these; may be given several times')
        .choices(authoringActionSchema.options)
        .argParser(collectAction),
    )
    .option('--from <time>', 'at this time or later (ISO 8601)', readTime)
    .option('--to <time>', 'before this time', readTime)
    .option('--limit <number>', 'at most so many', readWhole, 100)
    .action(perform(audit));
}

function collectAction(
  word: string,
  earlier: readonly AuthoringEntry['action'][] = [],
): readonly AuthoringEntry['action'][] {
  const { data } = authoringActionSchema.safeParse(word);
  if (data !== undefined) return [...earlier, data];
  throw new InvalidArgumentError(`It must be one of ${authoringActionSchema.options.join(', ')}.`);
}

/** A day is its beginning in UTC; a time without a zone is taken as UTC. */
function readTime(word: string): string {
  const zoned =
    /^\d{4}-\d\d-\d\d(T.*)?$/.test(word) && !/(Z|[+-]\d\d:\d\d)$/.test(word) && word.includes('T');
  const time = new Date(zoned ? `${word}Z` : word);
  if (Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('It must be a day or a time: 2026-11-21 or 2026-11-21T08:00:00Z.');
  }
  return time.toISOString();
}

async function log(
  { api }: Session,
  slug: string,
  version: number | undefined,
  { active, limit, asOf }: LogOptions,
): Promise<Shown> {
  if (active === true) {
    const data = await gatherPages(limit, (size, below?: number) =>
      api.call('listActivations', { path: { slug }, query: leaveOutAbsent({ limit: size, below, asOf }) }),
    );
    return { data, text: (view) => showActivations(data.items, view) + more(data.next) };
  }
  const data = await gatherPages(limit, (size, cursor?: string) =>
    api.call('listDecisions', {
      path: { slug },
      query: leaveOutAbsent({ version, limit: size, cursor, asOf }),
    }),
  );
  return { data, text: (view) => showDecisions(data.items, view) + more(data.next) };
}

async function audit({ api }: Session, options: AuditOptions): Promise<Shown> {
  const { script: slug, actor, action, from, to, limit, asOf } = options;
  const filters = { slug, actor, action, from, to, asOf };
  const data = await gatherPages(limit, (size, cursor?: string) =>
    api.call('listAuthoring', { query: leaveOutAbsent({ ...filters, limit: size, cursor }) }),
  );
  return { data, text: (view) => showAuthoring(data.items, view) + more(data.next) };
}

import type { Command } from 'commander';
import { type AsOf, withMoment } from '../as-of.js';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readNumber, readSlug, readWhole } from '../read-arguments.js';
import { gatherPages, more } from '../session/gather-pages.js';
import type { Session } from '../session/open-session.js';
import { eventRow } from '../show/describe-event.js';
import { layOutTable } from '../show/lay-out-table.js';
import { showDiff } from '../show/show-diff.js';
import type { Shown } from '../shown.js';

export function addStoryCommands(script: Command, perform: Perform): void {
  withMoment(
    describeCommand(script, {
      usage: 'history',
      help: 'Tell all that happened to a script, one line for each event: when, who, what.',
      examples: [['stemma script history tidy-marks --json', 'the events as they are stored']],
    }),
  )
    .argument('<slug>', 'the script', readSlug)
    .option('--limit <number>', 'at most so many', readWhole, 1_000)
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

async function history(
  { api }: Session,
  slug: string,
  { limit, asOf }: AsOf & { readonly limit: number },
): Promise<Shown> {
  const data = await gatherPages(limit, (size, after?: string) =>
    api.call('showHistory', { path: { slug }, query: leaveOutAbsent({ limit: size, after, asOf }) }),
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
  const text: Shown['text'] = ({ paint }) => showDiff(slug, data, paint);
  return { data, text };
}

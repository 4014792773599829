import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import type { Perform } from '../perform.js';
import { readNumber, readSlug } from '../read-arguments.js';
import { confirm } from '../session/ask-person.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';

interface Sure {
  readonly yes?: boolean;
}

export function addListingCommands(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'list-it',
    help: 'Show a script to its users. It needs an active version. (`script list` lists them all.)',
    examples: [['stemma --as admin script list-it tidy-marks', 'published implies runnable']],
  })
    .argument('<slug>', 'the script', readSlug)
    .action(perform(listIt));
  describeCommand(script, {
    usage: 'unlist',
    help: 'Take a script out of the sight of its users. It still runs.',
    examples: [['stemma --as admin script unlist tidy-marks', 'list-it undoes it']],
  })
    .argument('<slug>', 'the script', readSlug)
    .action(perform(unlist));
  describeCommand(script, {
    usage: 'archive',
    help: 'Take the active version out of service, without another in its place. A listed script is unlisted.',
    examples: [['stemma --as admin script archive tidy-marks', 'rollback brings its content back']],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('[version]', 'its number (default: the active one)', readNumber)
    .option('--yes', 'do not ask')
    .action(perform(archive));
  describeCommand(script, {
    usage: 'retire',
    help: 'End a script for ever. Its history stays; its slug is never given out again.',
    examples: [
      ['stemma --as admin script retire tidy-marks --reason "Replaced by grade-book"', 'asks first'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--reason <text>', 'why, for the history')
    .option('--yes', 'do not ask')
    .action(perform(retire));
}

const already = (changed: boolean): string => (changed ? '' : ' already');

async function listIt({ api }: Session, slug: string): Promise<Shown> {
  const data = await api.call('listScript', { path: { slug }, body: {} });
  return { data, text: () => `The users of ${slug} see it${already(data.changed)}.` };
}

async function unlist({ api }: Session, slug: string): Promise<Shown> {
  const data = await api.call('unlistScript', { path: { slug }, body: {} });
  return { data, text: () => `${slug} is out of sight${already(data.changed)}.` };
}

async function archive(
  session: Session,
  slug: string,
  version: number | undefined,
  { yes }: Sure,
): Promise<Shown> {
  const number = version ?? (await activeNumber(session, slug));
  await confirm(session, `Take version ${number} of ${slug} out of service, with none in its place?`, yes);
  const data = await session.api.call('archiveVersion', { path: { slug, number }, body: {} });
  const text = `Version ${number} of ${slug} is archived${already(data.changed)}: none is active.`;
  return { data, text: () => `${text}\nBack again: stemma script rollback ${slug} ${number}` };
}

async function activeNumber({ api }: Session, slug: string): Promise<number> {
  const { activeNumber: number } = await api.call('showScript', { path: { slug } });
  if (number !== null) return number;
  const detail = `No version of ${slug} is active.`;
  throw new Failure(exitCodes.conflict, { code: 'version-not-active', title: 'Nothing to archive', detail });
}

async function retire(
  session: Session,
  slug: string,
  { reason, yes }: Sure & { readonly reason?: string },
): Promise<Shown> {
  await confirm(session, `End ${slug} for ever? Nobody can undo it.`, yes);
  const data = await session.api.call('retireScript', { path: { slug }, body: { reason: reason ?? null } });
  return {
    data,
    text: () => `${slug} is retired${already(data.changed)}. Its history: stemma script log ${slug}`,
  };
}

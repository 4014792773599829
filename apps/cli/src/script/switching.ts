import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import type { Perform } from '../perform.js';
import { readSlug } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';

export function addSwitchCommands(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'enable',
    help: 'Let a script run in production again.',
    examples: [['stemma --as admin script enable tidy-marks', 'a new script is enabled from the start']],
  })
    .argument('<slug>', 'the script', readSlug)
    .action(perform(enable));
  describeCommand(script, {
    usage: 'disable',
    help: 'Let no production run of a script begin, by any trigger. Drafts still run in the sandbox.',
    examples: [
      [
        'stemma --as admin script disable tidy-marks --reason "The data moved"',
        'the reason stays in the history',
      ],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--reason <text>', 'why, for the history')
    .action(perform(disable));
}

const done = (slug: string, word: string, changed: boolean) => () =>
  `${slug} is ${word}${changed ? '' : ' already'}.`;

async function enable({ api }: Session, slug: string): Promise<Shown> {
  const data = await api.call('enableScript', { path: { slug }, body: {} });
  return { data, text: done(slug, 'enabled', data.changed) };
}

async function disable(
  { api }: Session,
  slug: string,
  { reason }: { readonly reason?: string },
): Promise<Shown> {
  const data = await api.call('disableScript', { path: { slug }, body: { reason: reason ?? null } });
  return { data, text: done(slug, 'disabled', data.changed) };
}

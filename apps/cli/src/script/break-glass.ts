import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { confirm } from '../session/ask-person.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';

interface Emergency {
  readonly slug: string;
  readonly version: number | undefined;
  readonly reason: string;
  readonly yes: boolean | undefined;
}

export const addBreakGlass = (command: Command): Command =>
  command
    .option('--break-glass <reason>', 'in an emergency: without approvals, marked for ever with its reason')
    .option('--yes', 'do not ask before the glass is broken');

/** Publishes against the policy, which the history says for ever. The usual version is the one in review, else the newest draft. */
export async function breakGlass(
  session: Session,
  { slug, version, reason, yes }: Emergency,
): Promise<Shown> {
  const number = version ?? (await usualVersion(session, slug));
  const question = `Publish version ${number} of ${slug} without its approvals? This stays in the history.`;
  await confirm(session, question, yes);
  const data = await session.api.call('breakGlass', { path: { slug, number }, body: { reason } });
  const text: Shown['text'] = ({ paint }) =>
    `Version ${data.number} of ${slug} is active, ${paint.red('by breaking the glass')}.\nNext: stemma script log ${slug}`;
  return { data, text };
}

async function usualVersion({ api }: Session, slug: string): Promise<number> {
  const { inReviewNumber, headDraft } = await api.call('showScript', { path: { slug } });
  const number = inReviewNumber ?? headDraft;
  if (number !== null) return number;
  const detail = `${slug} has no draft that could be published.`;
  throw new Failure(exitCodes.conflict, { code: 'version-not-draft', title: 'Nothing to publish', detail }, [
    `stemma script push ${slug} <file>`,
  ]);
}

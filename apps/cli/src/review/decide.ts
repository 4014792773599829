import type { AnswerOf } from '@stemma/client';
import type { Review } from '../session/answers.js';
import type { Session } from '../session/open-session.js';
import { showDiff, showNewContent } from '../show/show-diff.js';

/** What can be decided about a version in review. */
export type Decision = 'approve' | 'request-changes' | 'publish';

type Decided = AnswerOf<'approveVersion'>;

const operations = {
  approve: 'approveVersion',
  'request-changes': 'requestChanges',
  publish: 'publishVersion',
} as const;

export async function decide(
  { api }: Session,
  { slug, number }: Pick<Review, 'slug' | 'number'>,
  decision: Decision,
  note?: string,
): Promise<Decided> {
  const body = note === undefined ? {} : { reviewNote: note };
  return api.call(operations[decision], { path: { slug, number }, body });
}

/** What a decision came to, and what may follow it. */
export function tellDecision(decision: Decision, { slug, number }: Decided): string {
  const told = {
    approve: `is approved by you.\nNext, when it has all its approvals: stemma review ${slug} --publish`,
    'request-changes': 'goes back to its author, with your words.',
    publish: 'is the active one.',
  };
  return `Version ${number} of ${slug} ${told[decision]}`;
}

/** What the version would change: against the active one. All of it when none is, for nobody has looked at anything yet. */
export async function tellChange({ api, view }: Session, { slug, number }: Review): Promise<string> {
  const { activeNumber } = await api.call('showScript', { path: { slug } });
  if (activeNumber !== null) {
    const query = { from: activeNumber, to: number };
    return showDiff(slug, await api.call('diffVersions', { path: { slug }, query }), view.paint);
  }
  const { content } = await api.call('showContent', { path: { slug, number } });
  return showNewContent(content, view.paint);
}

import { type Command, Option } from 'commander';
import { type AsOf, withMoment } from '../as-of.js';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, usageFailure } from '../failure.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readSlug, readWhole } from '../read-arguments.js';
import type { Review } from '../session/answers.js';
import { isAnybodyThere } from '../session/ask-person.js';
import { gatherPages, more } from '../session/gather-pages.js';
import type { Session } from '../session/open-session.js';
import { showReview, showReviews } from '../show/show-review.js';
import type { Shown } from '../shown.js';
import { decide, type Decision, tellChange, tellDecision } from './decide.js';
import { walkReviews } from './walk-reviews.js';

interface ReviewOptions extends AsOf {
  readonly list?: boolean;
  readonly anyone?: boolean;
  readonly approve?: boolean;
  readonly requestChanges?: boolean;
  readonly publish?: boolean;
  readonly note?: string;
  readonly limit: number;
}

export function addReviewCommand(program: Command, perform: Perform): void {
  withMoment(
    describeCommand(program, {
      usage: 'review',
      help:
        'Decide about what waits for you, the oldest first: shows what each version changes, and asks. ' +
        'Without a terminal it lists, and decides by its options.',
      examples: [
        ['stemma --as reviewer review', 'one after the other'],
        ['stemma --as reviewer review --list', 'what waits; --anyone: for whomever'],
        ['stemma --as reviewer review --anyone --as-of 2026-11-01', 'what waited when November began'],
        ['stemma --as reviewer review tidy-marks --approve --note "Good."', 'without being asked'],
      ],
    }),
  )
    .argument('[slug]', 'only this script', readSlug)
    .option('--list', 'list, and ask nothing')
    .option('--anyone', 'every open review, not only what you may decide')
    .addOption(new Option('--approve', 'approve it').conflicts(['requestChanges', 'publish']))
    .addOption(new Option('--request-changes', 'send it back, with --note').conflicts(['publish']))
    .option('--publish', 'make it the active one')
    .option('--note <text>', 'your words, kept in the history')
    .option('--limit <number>', 'at most so many', readWhole, 50)
    .action(perform(review));
}

function decisionOf({ approve, requestChanges, publish, asOf }: ReviewOptions): Decision | undefined {
  const decided = [approve, requestChanges, publish].includes(true);
  if (decided && asOf !== undefined) throw usageFailure('Nothing is decided in the past: leave --as-of out.');
  if (approve === true) return 'approve';
  if (requestChanges === true) return 'request-changes';
  return publish === true ? 'publish' : undefined;
}

async function review(session: Session, slug: string | undefined, options: ReviewOptions): Promise<Shown> {
  const { asOf } = options;
  const decision = decisionOf(options);
  if (decision !== undefined) return decideAbout(session, slug, decision, options.note);
  if (options.note !== undefined) throw usageFailure('A --note goes with --approve or --request-changes.');
  const waiting = options.anyone === true ? 'anyone' : 'me';
  const data = await gatherPages(options.limit, (limit, cursor?: string) =>
    session.api.call('listReviews', {
      query: leaveOutAbsent({ slug, waiting, limit, cursor, asOf } as const),
    }),
  );
  const [only] = data.items;
  const asked = options.list !== true && asOf === undefined && only !== undefined;
  if (asked && isAnybodyThere(session)) return sit(session, data.items);
  if (asked && slug !== undefined) {
    const change = session.globals.json === true ? '' : await tellChange(session, only);
    return { data, text: (view) => `${showReview(only, view)}\n\n${change}` };
  }
  return { data, text: (view) => showReviews(data.items, waiting, view) + more(data.next) };
}

async function sit(session: Session, reviews: readonly Review[]): Promise<Shown> {
  const data = await walkReviews(session, reviews);
  const { decided, skipped, failed } = data;
  const left = reviews.length - decided;
  const text = `\n${decided} decided, ${skipped} skipped${failed === 0 ? '' : `, ${failed} failed`}; ${left} left.`;
  return { data, text: () => text, exitCode: failed === 0 ? exitCodes.ok : exitCodes.refused };
}

async function decideAbout(
  session: Session,
  slug: string | undefined,
  decision: Decision,
  note: string | undefined,
): Promise<Shown> {
  if (slug === undefined) throw usageFailure(`Name the script: stemma review <slug> --${decision}.`);
  if (decision === 'request-changes' && note === undefined) {
    throw usageFailure('Say with --note what should change.');
  }
  if (decision === 'publish' && note !== undefined) {
    throw usageFailure('A --note goes with --approve or --request-changes.');
  }
  const { items } = await session.api.call('listReviews', { query: { slug, waiting: 'anyone' } });
  const [open] = items;
  if (open === undefined) {
    const detail = `No version of ${slug} is in review.`;
    const problem = { code: 'version-not-in-review', title: 'Nothing to decide', detail };
    throw new Failure(exitCodes.conflict, problem, [`stemma script submit ${slug}`]);
  }
  const data = await decide(session, open, decision, note);
  return { data, text: () => tellDecision(decision, data) };
}

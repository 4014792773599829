import type { Review } from '../session/answers.js';
import type { View } from '../session/open-session.js';
import { layOutFields, layOutTable } from './lay-out-table.js';
import { onOneLine, plain } from './plain-text.js';
import { showTime } from './show-time.js';

const needs = ({ stage, missing, requiredApprovals, approvals }: Review): string => {
  if (stage === 'publishing') return 'to be published';
  const by =
    approvals.length === 0 ? '' : `; approved by ${approvals.map(({ by: who }) => plain(who)).join(', ')}`;
  return `${missing} of ${requiredApprovals} approval${requiredApprovals === 1 ? '' : 's'}${by}`;
};

/** `waiting`: for whom they were asked for. */
export function showReviews(
  reviews: readonly Review[],
  waiting: 'me' | 'anyone',
  { paint, now }: View,
): string {
  if (reviews.length === 0 && waiting === 'anyone') return 'No review is open.';
  if (reviews.length === 0) return 'Nothing waits for you. All open reviews: stemma review --anyone';
  const rows = reviews.map((review) => [
    paint.bold(review.slug),
    String(review.number),
    plain(review.author),
    showTime(review.submittedAt, now),
    needs(review),
    onOneLine(review.changeSummary ?? '', 60),
  ]);
  return layOutTable(['script', 'version', 'author', 'submitted', 'needs', 'summary'], rows, paint);
}

/** All that is to be known of a review before its difference. */
export function showReview(review: Review, { paint, now }: View): string {
  const { slug, number, name, author, round, submittedBy, submittedAt, changeSummary } = review;
  return layOutFields(
    [
      ['review', `version ${paint.bold(String(number))} of ${paint.bold(slug)}  ${onOneLine(name, 100)}`],
      ['author', plain(author)],
      ['submitted', `${showTime(submittedAt, now)} by ${plain(submittedBy)}, round ${round}`],
      ['summary', changeSummary === null ? null : plain(changeSummary)],
      ...review.approvals.map(({ by, at, note }): readonly [string, string] => [
        'approved',
        `${showTime(at, now)} by ${plain(by)}${note === null ? '' : `: “${plain(note)}”`}`,
      ]),
      ['needs', needs(review)],
    ],
    paint,
  );
}

import { refuse } from '../shared/rejections.js';
import { type Governed, policyOf, stricterPolicy } from './review-policy.js';
import type { ReviewPolicy } from './script.events.js';
import type { Review, Script, Version } from './script.state.js';

/** The open review of a version, or the refusal that says what state the version is in. */
export function requireReview(version: Version): Review {
  return (
    version.review ??
    refuse(
      'version-not-in-review',
      `Version ${version.number} is ${version.state}. Submit it for review first.`,
      {
        state: version.state,
      },
    )
  );
}

/** The policy that binds this review: the stricter of submit-time and now. */
export const bindingPolicy = (script: Script, review: Review, command: Governed): ReviewPolicy =>
  stricterPolicy(review.policy, policyOf(script, command));

/** One person under two spellings is one person: four eyes are those of two. */
export const samePerson = (a: string, b: string): boolean => folded(a) === folded(b);

const folded = (person: string): string => person.normalize('NFKC').toLowerCase();

/** Four eyes, where no path leads around it (R-E7, HAZARDS T8). */
export function requireOtherThanAuthor(
  version: Version,
  policy: ReviewPolicy,
  person: string,
  act: string,
): void {
  if (!policy.fourEyes || !samePerson(version.author, person)) return;
  refuse(
    'four-eyes',
    `${person} wrote version ${version.number} and cannot ${act} it. Somebody else has to.`,
    {
      author: version.author,
    },
  );
}

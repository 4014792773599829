import type { ReviewPolicy } from './script.events.js';

/** One approval, and never the author's: what applies until somebody sets another policy. */
export const DEFAULT_REVIEW_POLICY: ReviewPolicy = Object.freeze({ requiredApprovals: 1, fourEyes: true });

/** The stricter of two policies: one loosened after the submission serves later submissions only (DESIGN §3). */
export function stricterPolicy(a: ReviewPolicy, b: ReviewPolicy): ReviewPolicy {
  return {
    requiredApprovals: Math.max(a.requiredApprovals, b.requiredApprovals),
    fourEyes: a.fourEyes || b.fourEyes,
  };
}

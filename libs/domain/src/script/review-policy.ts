import type { ReviewPolicy } from './script.events.js';
import type { Script } from './script.state.js';

/** Whatever a policy binds says what the tenant's own is now; absent: the strict default. */
export interface Governed {
  readonly tenant?: { readonly reviewPolicy: ReviewPolicy };
}

/** One approval, and never the author's: what applies until a tenant sets another policy. */
export const DEFAULT_REVIEW_POLICY: ReviewPolicy = Object.freeze({ requiredApprovals: 1, fourEyes: true });

/** What applies to a script now: its own policy, or its tenant's. */
export const policyOf = ({ policy }: Script, { tenant }: Governed): ReviewPolicy =>
  policy ?? tenant?.reviewPolicy ?? DEFAULT_REVIEW_POLICY;

/** The stricter of two policies: one loosened after the submission serves later submissions only (DESIGN §3). */
export function stricterPolicy(a: ReviewPolicy, b: ReviewPolicy): ReviewPolicy {
  return {
    requiredApprovals: Math.max(a.requiredApprovals, b.requiredApprovals),
    fourEyes: a.fourEyes || b.fourEyes,
  };
}

import type { Command } from '../shared/command.js';
import type { ReviewPolicy } from './script.events.js';
import type { Script } from './script.state.js';

/** A command that a policy binds: the tenant's own stands in another stream, so the shell says what it is now. */
export type GovernedCommand<Type extends string, Data> = Command<Type, Data> & Governed;

export interface Governed {
  /** Absent: the strict default. */
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

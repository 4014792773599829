import type { Meta } from '../shared/metadata.js';
import { DEFAULT_REVIEW_POLICY } from './review-policy.js';
import type { DraftCreated, ReviewPolicy, ScriptDetails, ScriptEvent, ScriptKind } from './script.events.js';

export type VersionState = 'draft' | 'in_review' | 'active' | 'archived';

export interface Approval {
  readonly person: string;
  readonly contentHash: string;
}

/** One submission, while it is open. */
export interface Review {
  readonly round: number;
  readonly policy: ReviewPolicy;
  readonly approvals: readonly Approval[];
}

export interface Version {
  readonly number: number;
  readonly versionId: string;
  readonly contentHash: string;
  readonly author: string;
  readonly state: VersionState;
  readonly review: Review | null;
}

/** A script as its own rules need to know it. `versions[n - 1]` is version `n`: numbers start at 1 and have no gaps. */
export interface Script {
  readonly exists: true;
  readonly scriptId: string;
  readonly slug: string;
  readonly kind: ScriptKind;
  readonly details: ScriptDetails;
  readonly enabled: boolean;
  readonly policy: ReviewPolicy;
  readonly versions: readonly Version[];
  readonly active: number | null;
  readonly inReview: number | null;
  readonly rounds: number;
}

export type ScriptState = { readonly exists: false } | Script;

export const noScript: ScriptState = Object.freeze({ exists: false });

export function evolve(state: ScriptState, event: ScriptEvent, meta: Meta): ScriptState {
  if (event.type === 'ScriptCreated') return born(event.data);
  if (!state.exists)
    throw new Error(`${event.type} before ScriptCreated: the stream is damaged, run \`stemma log verify\``);
  return evolveScript(state, event, meta);
}

function evolveScript(
  script: Script,
  event: Exclude<ScriptEvent, { type: 'ScriptCreated' }>,
  meta: Meta,
): Script {
  switch (event.type) {
    case 'ScriptDetailsChanged':
      return { ...script, details: event.data.details };
    case 'ScriptEnabled':
      return { ...script, enabled: true };
    case 'ScriptDisabled':
      return { ...script, enabled: false };
    case 'DraftCreated':
      return { ...script, versions: [...script.versions, draft(event.data, meta.actor.id)] };
    case 'SubmittedForReview':
      return {
        ...withVersion(script, event.data.number, {
          state: 'in_review',
          review: { round: event.data.round, policy: event.data.policy, approvals: [] },
        }),
        inReview: event.data.number,
        rounds: event.data.round,
      };
    case 'SubmissionWithdrawn':
    case 'ChangesRequested':
      return { ...withVersion(script, event.data.number, { state: 'draft', review: null }), inReview: null };
    case 'VersionApproved':
      return approved(script, event.data.number, {
        person: meta.actor.id,
        contentHash: event.data.contentHash,
      });
    case 'VersionPublished':
      return {
        ...withVersion(script, event.data.number, { state: 'active', review: null }),
        active: event.data.number,
        inReview: script.inReview === event.data.number ? null : script.inReview,
      };
    case 'VersionArchived':
      return { ...withVersion(script, event.data.number, { state: 'archived', review: null }), active: null };
  }
}

function born({
  scriptId,
  slug,
  kind,
  details,
}: Pick<Script, 'scriptId' | 'slug' | 'kind' | 'details'>): Script {
  return {
    exists: true,
    scriptId,
    slug,
    kind,
    details,
    enabled: true,
    policy: DEFAULT_REVIEW_POLICY,
    versions: [],
    active: null,
    inReview: null,
    rounds: 0,
  };
}

function draft({ number, versionId, contentHash }: DraftCreated['data'], author: string): Version {
  return { number, versionId, contentHash, author, state: 'draft', review: null };
}

function approved(script: Script, number: number, approval: Approval): Script {
  const review = script.versions[number - 1]?.review;
  if (!review) throw new Error(`version ${number} of ${script.slug} is not in review: the stream is damaged`);
  return withVersion(script, number, { review: { ...review, approvals: [...review.approvals, approval] } });
}

function withVersion(script: Script, number: number, change: Partial<Version>): Script {
  const version = script.versions[number - 1];
  if (!version)
    throw new Error(`version ${number} of ${script.slug} was never created: the stream is damaged`);
  return { ...script, versions: script.versions.with(number - 1, { ...version, ...change }) };
}

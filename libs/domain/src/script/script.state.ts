import { epochMs } from '../shared/instants.js';
import type { Meta } from '../shared/metadata.js';
import type {
  DraftCreated,
  PrunePolicy,
  ReviewPolicy,
  ScriptDetails,
  ScriptEvent,
  ScriptKind,
  ScriptType,
  Trigger,
} from './script.events.js';
import {
  type Approval,
  appendVersion,
  changeVersion,
  noVersions,
  type Version,
  versionAt,
  type VersionLine,
} from './version-line.js';

export type { Review, Version, VersionState } from './version-line.js';

export interface NamedTrigger {
  readonly triggerId: string;
  readonly name: string;
  readonly trigger: Trigger;
}

/** A script as its own rules need to know it. */
export interface Script {
  readonly exists: true;
  readonly scriptId: string;
  readonly slug: string;
  readonly kind: ScriptKind;
  readonly type: ScriptType;
  readonly details: ScriptDetails;
  readonly enabled: boolean;
  /** Its users see it. */
  readonly listed: boolean;
  readonly retired: boolean;
  /** Its own policy; null: the tenant's. */
  readonly policy: ReviewPolicy | null;
  readonly prunePolicy: PrunePolicy | null;
  readonly triggers: readonly NamedTrigger[];
  readonly versions: VersionLine;
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
  return isOfScript(event) ? evolveScript(state, event) : evolveVersion(state, event, meta);
}

const OF_SCRIPT = [
  'ScriptDetailsChanged',
  'ScriptEnabled',
  'ScriptDisabled',
  'ScriptListed',
  'ScriptUnlisted',
  'TriggerSet',
  'TriggerRemoved',
  'ReviewPolicySet',
  'PrunePolicySet',
  'ScriptRetired',
] as const;

/** What happens to the script itself; all else happens to one of its versions. */
type OfScript = Extract<ScriptEvent, { type: (typeof OF_SCRIPT)[number] }>;
type OfVersion = Exclude<ScriptEvent, OfScript | { type: 'ScriptCreated' }>;

const ofScript: ReadonlySet<string> = new Set(OF_SCRIPT);
const isOfScript = (event: OfScript | OfVersion): event is OfScript => ofScript.has(event.type);

function evolveScript(script: Script, event: OfScript): Script {
  switch (event.type) {
    case 'ScriptDetailsChanged':
      return { ...script, details: event.data.details };
    case 'ScriptEnabled':
      return { ...script, enabled: true };
    case 'ScriptDisabled':
      return { ...script, enabled: false };
    case 'ScriptListed':
      return { ...script, listed: true };
    case 'ScriptUnlisted':
      return { ...script, listed: false };
    case 'TriggerSet': {
      const { triggerId, name, trigger } = event.data;
      return { ...script, triggers: [...without(script, triggerId), { triggerId, name, trigger }] };
    }
    case 'TriggerRemoved':
      return { ...script, triggers: without(script, event.data.triggerId) };
    case 'ReviewPolicySet':
      return { ...script, policy: event.data.policy };
    case 'PrunePolicySet':
      return { ...script, prunePolicy: event.data.policy };
    case 'ScriptRetired':
      return { ...script, retired: true };
  }
}

const without = ({ triggers }: Script, id: string): readonly NamedTrigger[] =>
  triggers.filter(({ triggerId }) => triggerId !== id);

function evolveVersion(script: Script, event: OfVersion, meta: Meta): Script {
  switch (event.type) {
    case 'DraftCreated':
      return { ...script, versions: appendVersion(script.versions, draft(event.data, meta)) };
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
    case 'VersionArchived': {
      const change = { state: 'archived', archivedAt: epochMs(meta.at), review: null } as const;
      return { ...withVersion(script, event.data.number, change), active: null };
    }
    case 'VersionsPruned':
      return event.data.versions.reduce(
        (pruned, { number }) => withVersion(pruned, number, { pruned: true }),
        script,
      );
  }
}

type Birth = Pick<Script, 'scriptId' | 'slug' | 'kind' | 'type' | 'details'>;

function born({ scriptId, slug, kind, type, details }: Birth): Script {
  return {
    exists: true,
    scriptId,
    slug,
    kind,
    type,
    details,
    enabled: true,
    listed: false,
    retired: false,
    policy: null,
    prunePolicy: null,
    triggers: [],
    versions: noVersions,
    active: null,
    inReview: null,
    rounds: 0,
  };
}

function draft({ number, versionId, contentHash }: DraftCreated['data'], { actor, at }: Meta): Version {
  return {
    number,
    versionId,
    contentHash,
    author: actor.id,
    createdAt: epochMs(at),
    archivedAt: null,
    state: 'draft',
    pruned: false,
    review: null,
  };
}

function approved(script: Script, number: number, approval: Approval): Script {
  const review = versionAt(script.versions, number)?.review;
  if (!review) throw new Error(`version ${number} of ${script.slug} is not in review: the stream is damaged`);
  return withVersion(script, number, { review: { ...review, approvals: [...review.approvals, approval] } });
}

function withVersion(script: Script, number: number, change: Partial<Version>): Script {
  return { ...script, versions: changeVersion(script.versions, number, change) };
}

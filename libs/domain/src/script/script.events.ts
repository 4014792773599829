/** The life of one script. Names and fields are storage format: they are added to, never renamed. */
export type ScriptEvent =
  | ScriptCreated
  | ScriptDetailsChanged
  | DraftCreated
  | SubmittedForReview
  | SubmissionWithdrawn
  | ChangesRequested
  | VersionApproved
  | VersionPublished
  | VersionArchived
  | ScriptEnabled
  | ScriptDisabled
  | ScriptListed
  | ScriptUnlisted
  | TriggerSet
  | TriggerRemoved
  | ReviewPolicySet
  | PrunePolicySet
  | VersionsPruned
  | ScriptRetired;

export type ScriptKind = 'code' | 'graph';

/** What starts its production runs: a schedule, a request to a path, somebody by hand or by the API, a service alone. */
export type ScriptType = 'cron' | 'http' | 'one_off' | 'embedded';

/** What a script says of itself; identity (slug, kind, type) is not among it and never changes. */
export interface ScriptDetails {
  readonly name: string;
  readonly description: string;
  readonly labels: readonly string[];
  /** What people want when this script is the answer (R-D1). Absent in events of the first release: none. */
  readonly intents?: readonly string[];
  /** BCP 47. Absent in events of the first release: none. */
  readonly languageCodes?: readonly string[];
  /** Names its vector in an index of embeddings elsewhere. Absent in events of the first release: null. */
  readonly embeddingKey?: string | null;
}

/** How many approvals a publish needs and whether the author may be among them (DESIGN §3). */
export interface ReviewPolicy {
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
}

/** Which versions a prune takes: those beyond the newest `maxVersions`, and those older than `retentionDays`. */
export interface PrunePolicy {
  readonly maxVersions: number | null;
  readonly retentionDays: number | null;
}

/** When runs of the script begin by themselves (R-C3): at the instants of an expression in a zone, or at a request. */
export type Trigger =
  | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string }
  | { readonly kind: 'http'; readonly method: HttpMethod; readonly path: string };

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface OfScript {
  readonly scriptId: string;
}

interface OfVersion extends OfScript {
  readonly versionId: string;
  readonly number: number;
}

export interface ScriptCreated {
  readonly type: 'ScriptCreated';
  readonly data: OfScript & {
    readonly slug: string;
    readonly kind: ScriptKind;
    readonly type: ScriptType;
    readonly details: ScriptDetails;
  };
}

export interface ScriptDetailsChanged {
  readonly type: 'ScriptDetailsChanged';
  /** The details as they are from now on, whole: a field added later is never dropped by a copy (HAZARDS T2). */
  readonly data: OfScript & { readonly details: ScriptDetails };
}

export interface DraftCreated {
  readonly type: 'DraftCreated';
  readonly data: OfVersion & {
    /** sha256, hex, of the canonical JSON of all content fields. The bytes stand in the content stream of this name. */
    readonly contentHash: string;
    readonly derivedFromVersionId: string | null;
    readonly origin: 'saved' | 'rollback' | 'import';
    readonly changeSummary: string | null;
    /** The number of the newest earlier version with the same content. */
    readonly sameContentAs: number | null;
  };
}

export interface SubmittedForReview {
  readonly type: 'SubmittedForReview';
  /** `round` counts the submissions of the script; `policy` is the one that applied at this moment. */
  readonly data: OfVersion & { readonly round: number; readonly policy: ReviewPolicy };
}

export interface SubmissionWithdrawn {
  readonly type: 'SubmissionWithdrawn';
  readonly data: OfVersion & { readonly round: number };
}

export interface ChangesRequested {
  readonly type: 'ChangesRequested';
  readonly data: OfVersion & { readonly round: number; readonly reviewNote: string };
}

export interface VersionApproved {
  readonly type: 'VersionApproved';
  readonly data: OfVersion & {
    readonly round: number;
    readonly contentHash: string;
    readonly reviewNote: string | null;
  };
}

export interface VersionPublished {
  readonly type: 'VersionPublished';
  readonly data: OfVersion & {
    readonly contentHash: string;
    /** The one that bound this publish; broken where `breakGlass` says so. */
    readonly policy: ReviewPolicy;
    /** Published in an emergency, without the approvals that the policy asks for. Absent otherwise. */
    readonly breakGlass?: { readonly reason: string };
  };
}

export interface ScriptEnabled {
  readonly type: 'ScriptEnabled';
  readonly data: OfScript;
}

export interface ScriptDisabled {
  readonly type: 'ScriptDisabled';
  readonly data: OfScript & { readonly reason: string | null };
}

export interface VersionArchived {
  readonly type: 'VersionArchived';
  readonly data: OfVersion & {
    /** `null`: it was taken out of service and no other took its place. */
    readonly supersededBy: { readonly versionId: string; readonly number: number } | null;
  };
}

/** From now on its users see it (R-A13). */
export interface ScriptListed {
  readonly type: 'ScriptListed';
  readonly data: OfScript;
}

export interface ScriptUnlisted {
  readonly type: 'ScriptUnlisted';
  readonly data: OfScript;
}

interface OfTrigger extends OfScript {
  /** id('trigger', scriptId, name) */
  readonly triggerId: string;
  /** Its name within the script. */
  readonly name: string;
  readonly trigger: Trigger;
}

/** The trigger as it is from now on, whole. A path was claimed before (`RouteClaimed`). */
export interface TriggerSet {
  readonly type: 'TriggerSet';
  readonly data: OfTrigger;
}

/** The trigger as it was. */
export interface TriggerRemoved {
  readonly type: 'TriggerRemoved';
  readonly data: OfTrigger;
}

/** The policy of this script from now on; `null`: the tenant's again. */
export interface ReviewPolicySet {
  readonly type: 'ReviewPolicySet';
  readonly data: OfScript & { readonly policy: ReviewPolicy | null };
}

/** Versions are pruned by this policy again and again from now on; `null`: only when somebody asks. */
export interface PrunePolicySet {
  readonly type: 'PrunePolicySet';
  readonly data: OfScript & { readonly policy: PrunePolicy | null };
}

/** The content of these versions is given up; their history stays. The bytes are deleted afterwards. */
export interface VersionsPruned {
  readonly type: 'VersionsPruned';
  readonly data: OfScript & {
    readonly versions: readonly {
      readonly versionId: string;
      readonly number: number;
      readonly contentHash: string;
    }[];
    readonly policy: PrunePolicy;
  };
}

/** The end of the script: nothing follows it, and the slug is never given out again. */
export interface ScriptRetired {
  readonly type: 'ScriptRetired';
  readonly data: OfScript & { readonly reason: string | null };
}

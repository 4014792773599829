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
  | ScriptDisabled;

export type ScriptKind = 'code' | 'graph';
export type ScriptType = 'one_off' | 'embedded';

/** What a script says of itself; identity (slug, kind, type) is not among it and never changes. */
export interface ScriptDetails {
  readonly name: string;
  readonly description: string;
  readonly labels: readonly string[];
}

/** How many approvals a publish needs and whether the author may be among them (DESIGN §3). */
export interface ReviewPolicy {
  readonly requiredApprovals: number;
  readonly fourEyes: boolean;
}

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
  readonly data: OfVersion & { readonly contentHash: string; readonly policy: ReviewPolicy };
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
    readonly supersededBy: { readonly versionId: string; readonly number: number };
  };
}

/**
 * What operators did about read models, and what was proven for them. These events are about the projections themselves, so
 * no projection folds them: they are passed over by their stream, whatever their type, and a release that knows fewer types
 * goes on. Storage format; the metadata is that of every event.
 */
export type OpsEvent = OperatorAct | ProjectionJobEnded | BuildCertified;

/** What an operator did: who, is in the metadata. It is stored before it is done. */
export type OperatorAct =
  | ProjectionJobRequested
  | ProjectionJobsAborted
  | ProjectionsPaused
  | ProjectionsResumed
  | ParkedStreamsRetried
  | ParkedEventDropped;

export interface ProjectionJobRequested {
  readonly type: 'ProjectionJobRequested';
  readonly data: {
    readonly jobId: string;
    readonly kind: 'rebuild' | 'verify' | 'swap' | 'rollback' | 'drop';
    readonly projections: readonly string[];
    /** As `stemma projections` takes them: `swap`, `acceptParked`, `acceptDifferences`, `build`, `version`. */
    readonly options: Readonly<Record<string, boolean | number>>;
  };
}

/** Those that waited or ran for one of these projections. */
export interface ProjectionJobsAborted {
  readonly type: 'ProjectionJobsAborted';
  readonly data: { readonly projections: readonly string[] };
}

export interface ProjectionsPaused {
  readonly type: 'ProjectionsPaused';
  readonly data: { readonly projections: readonly string[] };
}

export interface ProjectionsResumed {
  readonly type: 'ProjectionsResumed';
  readonly data: { readonly projections: readonly string[] };
}

export interface ParkedStreamsRetried {
  readonly type: 'ParkedStreamsRetried';
  readonly data: {
    readonly projection: string;
    /** One stream; null for all that the projection had parked. */
    readonly stream: string | null;
  };
}

/** `projection` passes over the event `eventId`, of `stream`, in every build there will ever be. */
export interface ParkedEventDropped {
  readonly type: 'ParkedEventDropped';
  readonly data: {
    readonly projection: string;
    readonly stream: string;
    readonly eventId: string;
    readonly reason: string;
  };
}

/** What came of a job; one that was aborted ends with `ProjectionJobsAborted`. */
export interface ProjectionJobEnded {
  readonly type: 'ProjectionJobEnded';
  readonly data: {
    readonly jobId: string;
    readonly kind: ProjectionJobRequested['data']['kind'];
    readonly projections: readonly string[];
    readonly askedBy: string;
    readonly state: 'done' | 'refused';
    /** Why it was refused; its beginning when it is long (HAZARDS H10). */
    readonly reason: string | null;
    /** What was made, compared, swapped to or dropped. */
    readonly builds: readonly { readonly projection: string; readonly build: number }[];
  };
}

/** A proof, of a first build, a rebuild or a verification. */
export interface BuildCertified {
  readonly type: 'BuildCertified';
  readonly data: {
    readonly kind: 'rebuild' | 'verify' | 'first-build';
    readonly projection: string;
    readonly version: number;
    /** The build that it is about, and the one that it was compared with. */
    readonly build: number;
    readonly against: number;
    readonly logId: string;
    /** Decimal: up to where both were compared. */
    readonly position: string;
    /** Considered up to there, since the start of the log. */
    readonly events: number;
    readonly equal: boolean;
    /** One over all tables and tenants. */
    readonly digest: string;
    readonly tables: readonly TenantDigest[];
    /** Streams that were left out. */
    readonly parked: readonly string[];
    /** The first rows that differ. */
    readonly differences: readonly RowDifference[];
    /** How many entries of these three lists found no room in an event; `digest` is over all of them. */
    readonly leftOut: number;
    readonly startedAt: string;
    readonly endedAt: string;
    readonly by: string;
    readonly release: string;
  };
}

/** What the rows of one tenant in one table come to. Equal digests mean equal rows. */
export interface TenantDigest {
  readonly table: string;
  readonly tenantId: string;
  readonly rows: number;
  readonly digest: string;
}

/** One row that is not the same on both sides; a side without the row has null. */
export interface RowDifference {
  readonly table: string;
  readonly tenantId: string;
  readonly key: Readonly<Record<string, unknown>>;
  /** Column by column, those that differ; empty when one side has no such row. */
  readonly columns: readonly { readonly column: string; readonly is: unknown; readonly shouldBe: unknown }[];
  readonly missing: 'is' | 'shouldBe' | null;
}

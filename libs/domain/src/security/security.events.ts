/** What people with a credential tried and may not do: stream `security-<tenantId>.denials`. Nothing of it is in the target's stream. */
export type SecurityEvent = AttemptsDenied;

/** One actor's denied attempts within one minute, as one api process saw them. */
export interface AttemptsDenied {
  readonly type: 'AttemptsDenied';
  readonly data: {
    readonly person: string;
    /** The credential that was used first. */
    readonly via: string;
    /** The start of the minute, ISO 8601. */
    readonly minute: string;
    readonly count: number;
    /** By operation and reason, the first twenty kinds of them; the route as declared, never the target's name. */
    readonly attempts: readonly {
      readonly method: string;
      readonly route: string;
      readonly code: string;
      readonly count: number;
    }[];
  };
}

import type { Projection } from '../projection/projection.js';

/**
 * `waiting`: for Postgres, the log, or another projector's lock. `building`: not readable yet. `paused`: by an operator.
 * `stopped`: somebody must act, see `reason`.
 */
export type Activity = 'waiting' | 'building' | 'catching-up' | 'live' | 'paused' | 'stopped';

/** What this process does about one build. */
export interface BuildStatus {
  readonly projection: string;
  readonly version: number;
  /** Null when this process has none in hand. */
  readonly build: number | null;
  readonly activity: Activity;
  readonly position: bigint | null;
  /** Considered, and committed in so many transactions, since this process took the build in hand. */
  readonly events: number;
  readonly transactions: number;
  /** Streams that cannot go on until somebody retries or drops what parked them. */
  readonly parked: number;
  readonly reason: string | null;
}

/** Of a projection of which no build is in hand, or not yet. */
export const noBuild = ({ name, version }: Projection, note: Partial<BuildStatus> = {}): BuildStatus => ({
  projection: name,
  version,
  build: null,
  activity: 'waiting',
  position: null,
  events: 0,
  transactions: 0,
  parked: 0,
  reason: null,
  ...note,
});

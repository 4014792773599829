import { type BuildingProgress, tellBuilding } from './tell-building.js';
import type { ProjectionRef } from './watch-positions.js';

/** The token is of another log than this read model: its position means nothing here (409). */
export class OtherLog extends Error {
  override readonly name = 'OtherLog';
}

export const otherLog = (): OtherLog =>
  new OtherLog(
    'This position token is of another log. Read without it, and take the new one from the answer.',
  );

/** The read model is not there yet within the deadline (503): try again after `retryAfterSeconds`. */
export class NotYetVisible extends Error {
  override readonly name = 'NotYetVisible';
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
    /** Projections that have never been read: they are being built. */
    readonly building: readonly ProjectionRef[],
    /** How far those are; empty while nobody can tell. */
    readonly progress: readonly BuildingProgress[] = [],
  ) {
    super(progress.length === 0 ? message : `Not readable yet: ${progress.map(tellBuilding).join('; ')}.`);
  }
}

/** Postgres is away (503). It is tried again by itself; nothing is lost. */
export class ReadModelUnavailable extends Error {
  override readonly name = 'ReadModelUnavailable';
}

/** A query without a tenant is refused, never "no filter" (HAZARDS T9). */
export class MissingTenant extends Error {
  override readonly name = 'MissingTenant';
}

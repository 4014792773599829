import { refText } from './watch-positions.js';

/** How far a version is that cannot be read yet. */
export interface BuildingProgress {
  readonly projection: string;
  readonly version: number;
  /** `waiting`: no projector that knows this version has begun. `proving`: it is replayed once more and compared. */
  readonly step: 'waiting' | 'building' | 'proving';
  /** Considered in this step. */
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Of this step, 0 to 100, and the time it still takes; null when there is nothing to measure it by. */
  readonly percent: number | null;
  readonly secondsLeft: number | null;
}

/** `versions 2 (building, 12000 events, 40 %, about 12 s left)` */
export function tellBuilding(progress: BuildingProgress): string {
  const { projection, version, step, events, percent, secondsLeft } = progress;
  const how = [
    step === 'waiting' ? 'no projector of this release has begun it' : step,
    ...(events === 0 ? [] : [`${events} events`]),
    ...(percent === null ? [] : [`${percent} %`]),
    ...(secondsLeft === null ? [] : [`about ${secondsLeft} s left`]),
  ];
  return `${refText({ name: projection, version })} (${how.join(', ')})`;
}

import type { Position } from '../log/position-token.js';
import { NotYetVisible, otherLog } from './errors.js';
import { type PositionWatch, type ProjectionRef } from './watch-positions.js';

/**
 * Resolves when each projection is being read and stands at `token` or behind it in the log; without a token, when each
 * is being read at all. A projection without a checkpoint makes readers wait, it never lets them pass.
 *
 * @throws OtherLog, NotYetVisible
 */
export async function waitFor(
  watch: PositionWatch,
  projections: readonly ProjectionRef[],
  token: Position | undefined,
  deadlineMs: number,
): Promise<void> {
  if (missing(watch, projections, token).length === 0) return;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(notYet(watch, projections, token)), deadlineMs);
  try {
    do await watch.nextChange(deadline.signal);
    while (missing(watch, projections, token).length > 0);
  } finally {
    clearTimeout(timer);
  }
}

function missing(
  watch: PositionWatch,
  projections: readonly ProjectionRef[],
  token: Position | undefined,
): readonly ProjectionRef[] {
  return projections.filter((projection) => {
    const at = watch.at(projection);
    if (at && token && at.logId !== token.logId) throw otherLog();
    return !at || (token !== undefined && at.position < token.position);
  });
}

function notYet(
  watch: PositionWatch,
  projections: readonly ProjectionRef[],
  token: Position | undefined,
): NotYetVisible {
  const behind = missing(watch, projections, token);
  const building = behind
    .filter((projection) => !watch.at(projection))
    .map(({ name, version }) => ({ name, version }));
  const names = behind.map(({ name }) => name).join(', ');
  const what = building.length > 0 ? 'still being built' : 'not there yet';
  return new NotYetVisible(`The read model (${names}) is ${what}. Try again in a second.`, 1, building);
}

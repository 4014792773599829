import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '@stemma/event-store';
import { projections } from '@stemma/projections';
import { NotYetVisible, type ReadModel } from '@stemma/read-model';
import type { PartHealth } from '../parts.js';

export interface LookedAt {
  readonly readModel: Pick<ReadModel, 'isReady' | 'standingStill' | 'waitFor'>;
  readonly store: EventStore;
  readonly clock: () => Date;
  readonly lookMs?: number;
}

/**
 * What is being built says how far it is, what is old says that it is; degraded too when that cannot be told within
 * `lookMs`. However many ask, Postgres is asked one thing at a time: this is a public door, and connections are few.
 */
export function readModelHealth(of: LookedAt): () => Promise<PartHealth> {
  const { readModel, store, clock, lookMs = 2_000 } = of;
  const within = <T>(answer: Promise<T>): Promise<T | undefined> =>
    Promise.race([answer, pause(lookMs, undefined, { ref: false })]);
  const findStill = oneAtATime(() =>
    readModel.standingStill(projections, store, clock()).catch(() => undefined),
  );
  const findBuilding = oneAtATime(() =>
    readModel.waitFor(projections, undefined, 0).then(noProgress, progressIn),
  );
  return async () => {
    if (readModel.isReady(projections)) return healthWith(await within(findStill()));
    const building = await within(findBuilding());
    return { ok: false, detail: building ?? 'not reachable, or being built' };
  };
}

const noProgress = (): undefined => undefined;

const progressIn = (error: unknown): string | undefined =>
  error instanceof NotYetVisible && error.progress.length > 0 ? error.message : undefined;

function healthWith(still: readonly string[] | undefined): PartHealth {
  if (still?.length === 0) return { ok: true, detail: 'every projection can be read' };
  const detail = still
    ? `what is read is old, for these stand still while events arrive: ${still.join(', ')}. Look at \`stemma projections status\`.`
    : 'whether what is read is old cannot be told: Postgres or the event store does not answer in time. Try again, and look at both.';
  return { ok: true, degraded: true, detail };
}

/** Those who ask while a question is under way share its answer. */
function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined;
  return () => (asking ??= ask().finally(() => (asking = undefined)));
}

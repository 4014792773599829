import type { RecordedEvent } from '../log/event-source.js';
import type { Projection } from './projection.js';
import { replay, type Replayed } from './replay.js';

/** An event as a spec writes it down: what happened, and its metadata. */
export interface StreamFact {
  readonly event: { readonly type: string; readonly data: object };
  readonly meta: object;
}

/**
 * Given/then for a projection, without a test framework and without a database: the facts of each stream, one stream after
 * the other, then the rows.
 *
 * `specifyProjection(scripts).given({ 'script-…': [fact, fact] }).rows(scriptRows)`
 */
export function specifyProjection(projection: Projection) {
  return {
    given: (streams: Readonly<Record<string, readonly StreamFact[]>>): Replayed =>
      replay(projection, recorded(streams)),
  };
}

function recorded(streams: Readonly<Record<string, readonly StreamFact[]>>): readonly RecordedEvent[] {
  const facts = Object.entries(streams).flatMap(([stream, ofStream]) =>
    ofStream.map((fact, revision) => ({ ...fact, stream, revision: BigInt(revision) })),
  );
  return facts.map(({ event, meta, stream, revision }, place) => ({
    id: `00000000-0000-4000-8000-${String(place).padStart(12, '0')}`,
    stream,
    revision,
    position: BigInt(place) * 100n,
    type: event.type,
    data: event.data,
    metadata: meta,
    createdAt: new Date(0),
  }));
}

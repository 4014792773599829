import type { RawEvent } from '../decode-record.js';
import {
  type CopyProgress,
  CopyRefused,
  type Difference,
  type LogIdentity,
  type Proof,
  told,
} from './copy.js';
import { type EventCursor, eventCursor } from './event-cursor.js';
import { digestLine, logDigest } from './log-digest.js';
import { type Fates, isGone, type SurveyedLog } from './survey-streams.js';

export interface Comparison {
  readonly from: SurveyedLog;
  readonly to: SurveyedLog;
  /** Of the old log: what is gone there counts on neither side. */
  readonly fates: Fates;
  readonly identity: LogIdentity;
  readonly phase: CopyProgress['phase'];
  /** Whether to read on behind a difference, for the digests of both sides to their ends. */
  readonly toTheEnd: boolean;
  /** Nothing of the old log behind this position counts. */
  readonly upTo?: bigint | undefined;
  /** Sees every event of the new log up to where the comparison ends, the server's own and fillers too. */
  readonly onTarget?: (event: RawEvent) => void;
  readonly onProgress: (progress: CopyProgress) => void;
  readonly signal: AbortSignal;
}

const isOfApplication = ({ stream, type }: RawEvent): boolean =>
  !stream.startsWith('$') && !type.startsWith('$');

/** Reads both logs side by side: equal when the new one has the events of the old one, all and only these, in their order. */
export async function compareLogs(comparison: Comparison): Promise<Proof> {
  const { from, to, fates, upTo, signal } = comparison;
  const counts = (event: RawEvent): boolean => isOfApplication(event) && !isGone(fates, event);
  const ours = eventCursor(
    from.readRaw({ signal }),
    (event) => counts(event) && (upTo === undefined || event.position <= upTo),
  );
  const theirs = eventCursor(to.readRaw({ withSystem: true, signal }), (event) => {
    comparison.onTarget?.(event);
    return counts(event);
  });
  try {
    return await walk(comparison, ours, theirs);
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
}

interface Side {
  readonly take: (event: RawEvent) => void;
  readonly count: () => number;
  readonly name: () => string | undefined;
  readonly digest: () => string;
}

function side({ names, nameIn }: LogIdentity): Side {
  const digest = logDigest();
  let events = 0;
  let name: string | undefined;
  return {
    take(event) {
      if (names(event)) name ??= nameIn(event);
      else {
        digest.add(event);
        events += 1;
      }
    },
    count: () => events,
    name: () => name,
    digest: digest.value,
  };
}

async function walk(comparison: Comparison, ours: EventCursor, theirs: EventCursor): Promise<Proof> {
  const { identity, toTheEnd } = comparison;
  const [left, right] = [side(identity), side(identity)];
  let difference: Difference | undefined;
  let position: bigint | undefined;
  for (;;) {
    const [one, other] = await Promise.all([ours.next(), theirs.next()]);
    if (one === undefined && other === undefined) break;
    if (difference === undefined && !isSame(identity, one, other)) {
      difference = { from: one && told(one), to: other && told(other) };
    }
    if (difference !== undefined && !toTheEnd) break;
    if (other !== undefined) right.take(other);
    if (one === undefined) continue;
    left.take(one);
    position = one.position;
    comparison.onProgress({ phase: comparison.phase, events: left.count(), position });
  }
  return proofOf({ left, right, difference, position });
}

interface Walked extends Pick<Proof, 'difference' | 'position'> {
  readonly left: Side;
  readonly right: Side;
}

const proofOf = ({ left, right, difference, position }: Walked): Proof => ({
  equal: difference === undefined,
  events: { from: left.count(), to: right.count() },
  digest: { from: left.digest(), to: right.digest() },
  difference,
  position,
  logs: { from: left.name(), to: right.name() },
});

function isSame(identity: LogIdentity, one: RawEvent | undefined, other: RawEvent | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (!identity.names(one) || !identity.names(other)) return digestLine(one) === digestLine(other);
  if (identity.isCopy(other, one)) return true;
  if (identity.nameIn(one) === identity.nameIn(other)) {
    throw new CopyRefused('same-log', 'Both URLs lead to the same log: name another one to copy to.');
  }
  throw new CopyRefused(
    'other-copy',
    'The log to copy to is one of its own, no copy of this one: name an empty event store.',
  );
}

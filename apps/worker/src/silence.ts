import type { Presence } from '@stemma/queue';

/** Longer than two beats: one beat may be late. */
const FRESH_MS = 15_000;

/** Who is in no presence for so long, and nobody asks about, is forgotten. */
const FORGOTTEN_MS = 3_600_000;

/**
 * Who has been silent for two passes. Beats are compared with what was seen before and never with our clock alone, so that
 * a worker whose clock is wrong is not taken for dead.
 */
export interface SilenceWatch {
  /** One pass over what is known of the workers. */
  look(presence: Presence, now: number): void;
  isSilent(workerId: string): boolean;
}

interface Seen {
  readonly beat: number | undefined;
  /** When this beat was first seen. */
  readonly since: number;
  readonly silentPasses: number;
}

export function watchSilence(): SilenceWatch {
  const seen = new Map<string, Seen>();
  const wanted = new Set<string>();
  return {
    look(presence, now) {
      const known = new Set([...presence.keys(), ...wanted]);
      for (const workerId of known) {
        seen.set(workerId, seenNow(seen.get(workerId), presence.get(workerId), now));
      }
      for (const [workerId, { since }] of seen) {
        if (!known.has(workerId) && now - since >= FORGOTTEN_MS) seen.delete(workerId);
      }
      wanted.clear();
    },
    isSilent(workerId) {
      wanted.add(workerId);
      return (seen.get(workerId)?.silentPasses ?? 0) >= 2;
    },
  };
}

function seenNow(before: Seen | undefined, beat: number | undefined, now: number): Seen {
  if (beat !== undefined && beat !== before?.beat) return { beat, since: now, silentPasses: 0 };
  const since = before?.since ?? now;
  const silent = beat === undefined || now - since >= FRESH_MS;
  return { beat, since, silentPasses: silent ? (before?.silentPasses ?? 0) + 1 : 0 };
}

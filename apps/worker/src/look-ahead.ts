/** What a run will need is looked for as soon as the log tells of it: it is begun at once, or its job is on its way through Redis. */
export interface LookAhead<Found> {
  begin(runId: string, look: () => Promise<Found>): void;
  /** What was found a moment ago, once; undefined when nobody looked, it is too long ago, or the look failed. */
  take(runId: string): Promise<Found | undefined>;
}

/** Who waits longer in the queue is looked for again: much may have happened meanwhile. */
const KEPT_MS = 500;
/** More than these are not going to be executed here at once. */
const AT_ONCE = 16;

export function openLookAhead<Found>(clock: () => number = () => performance.now()): LookAhead<Found> {
  const looks = new Map<string, { readonly at: number; readonly found: Promise<Found | undefined> }>();
  const isOld = ({ at }: { readonly at: number }): boolean => clock() - at > KEPT_MS;
  return {
    begin(runId, look) {
      for (const [known, one] of looks) if (isOld(one)) looks.delete(known);
      if (looks.size >= AT_ONCE) return;
      looks.set(runId, { at: clock(), found: look().catch(() => undefined) });
    },
    async take(runId) {
      const one = looks.get(runId);
      looks.delete(runId);
      return one === undefined || isOld(one) ? undefined : one.found;
    },
  };
}

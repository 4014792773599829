import { type RunJob, runJobId } from '@stemma/queue';

/** The attempts that this worker is at, whichever way each came: from the queue, or as soon as the log told of it. */
export interface Hands {
  /** Executes the attempt; who brings one that is in hand already waits for its end, and only who began it is told its fault. */
  readonly take: (job: RunJob) => Promise<void>;
  readonly size: number;
  /** Resolves when nothing is in hand. Rejects never. */
  empty(): Promise<void>;
}

export function openHands(execute: (job: RunJob) => Promise<void>): Hands {
  const inHand = new Map<string, Promise<void>>();
  return {
    take(job) {
      const id = runJobId(job);
      const going = inHand.get(id);
      if (going) return going.catch(() => undefined);
      const begun = execute(job).finally(() => inHand.delete(id));
      inHand.set(id, begun);
      return begun;
    },
    get size() {
      return inHand.size;
    },
    empty: async () => void (await Promise.allSettled(inHand.values())),
  };
}

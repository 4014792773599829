/** What was found of one stream after a crash. */
export interface FoundStream {
  /** The numbers that its events carry, in order; the writer counted from 0. */
  readonly stored: readonly number[];
  /** How many events were acknowledged. */
  readonly acked: number;
  /** Events of each append. */
  readonly size: number;
  /** Whether the last acknowledged append, repeated, was answered as the first time. */
  readonly answered: boolean;
}

/** What is wrong with it, in words, and how many acknowledged events are gone. */
export function judgeStream({ stored, acked, size, answered }: FoundStream): {
  readonly faults: readonly string[];
  readonly lost: number;
} {
  const faults: string[] = [];
  if (stored.some((n, revision) => n !== revision)) faults.push('revisions are not contiguous');
  if (stored.length % size !== 0) faults.push('part of an append is there');
  if (!answered) faults.push('a retry is answered otherwise');
  return { faults, lost: Math.max(0, acked - stored.length) };
}

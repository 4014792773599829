import type { RunOutcome, RunReason, RunRequested } from './run.events.js';

/** What may go otherwise the next time. A source that cannot be read, or an output that is too large, does not. */
const passing: ReadonlySet<RunReason> = new Set<RunReason>([
  'script-error',
  'exit-code',
  'out-of-memory',
  'result-missing',
  'time-limit',
]);

const LONGEST_SECONDS = 3_600;

/**
 * After how many milliseconds a failed attempt is followed by another one; null when the failure is the end. `failures`
 * counts this one. The pause doubles each time, up to an hour.
 */
export function retryAfter(
  { retries }: Pick<RunRequested['data'], 'retries'>,
  { status, reason }: Pick<RunOutcome, 'status' | 'reason'>,
  failures: number,
): number | null {
  if (status === 'completed' || !passing.has(reason)) return null;
  if (retries === undefined || failures > retries.max) return null;
  return Math.round(1_000 * Math.min(LONGEST_SECONDS, retries.backoffSeconds * 2 ** (failures - 1)));
}

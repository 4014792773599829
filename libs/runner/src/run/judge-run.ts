import type { ContainerEnd } from '../engine/sandbox-container.js';
import type { Json } from '../json.js';
import type { ReportedFailure } from '../protocol/read-result.js';
import type { FailureReason, RunError, RunVerdict } from '../run-outcome.js';
import type { RunLimits } from '../run-limits.js';
import type { RunCauses } from './run-causes.js';

/** All that is known of a run when its container is gone. */
export interface RunEvidence extends RunCauses {
  readonly end: ContainerEnd;
  readonly result: { readonly output: Json } | null;
  readonly failure: ReportedFailure | null;
  /** Node said that its heap was full before it aborted. */
  readonly heapExhausted: boolean;
  /** Killed by us after it had told its result but would not end. */
  readonly killedAfterResult: boolean;
  readonly limits: Pick<RunLimits, 'timeoutMs' | 'memoryMb'>;
}

export type Judgement = RunVerdict & { readonly output: Json; readonly error: RunError | null };

const abortCode = 134;

/** Cancelled, then timeout, then out of memory, then broken rules, then what the script and its exit code say. */
export function judgeRun(evidence: RunEvidence): Judgement {
  const { cancelled, timedOut, breach, limits, failure } = evidence;
  if (cancelled) return { status: 'cancelled', reason: 'requested', output: null, error: null };
  if (timedOut) {
    const error = named('TimeLimit', `The run took longer than ${limits.timeoutMs} ms.`);
    return { status: 'timeout', reason: 'time-limit', output: null, error };
  }
  if (ranOutOfMemory(evidence)) {
    return failed('out-of-memory', `The run needed more than ${limits.memoryMb} MB of memory.`);
  }
  if (breach !== null) return failed(breach.reason, breach.message);
  if (failure !== null)
    return { status: 'failed', reason: failure.reason, output: null, error: failure.error };
  return judgeExit(evidence);
}

function judgeExit({ end, result, killedAfterResult }: RunEvidence): Judgement {
  if (end.exitCode !== 0 && !(result !== null && killedAfterResult)) {
    return failed('exit-code', `The script ended with exit code ${end.exitCode}.`);
  }
  if (result === null) {
    return failed('result-missing', 'The script ended by itself and returned nothing.');
  }
  return { status: 'completed', reason: 'returned', output: result.output, error: null };
}

/** HAZARDS D2, D9: the engine's word counts, not exit code 137, which a script can choose. */
function ranOutOfMemory({ end, heapExhausted }: RunEvidence): boolean {
  return end.oomKilled || (heapExhausted && end.exitCode === abortCode);
}

const named = (name: string, message: string): RunError => ({ name, message });

/** The error is named after the reason: `log-limit` → `LogLimit`. */
function failed(reason: FailureReason, message: string): Judgement {
  const name = reason.replace(/(?:^|-)(.)/g, (_all, letter: string) => letter.toUpperCase());
  return { status: 'failed', reason, output: null, error: named(name, message) };
}

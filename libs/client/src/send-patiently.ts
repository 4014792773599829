import { setTimeout as pause } from 'node:timers/promises';
import { ApiUnreachable } from './problem-error.js';

export interface Patience {
  /** How often to try again. */
  readonly retries: number;
  /** Longest wait before one retry, whatever `Retry-After` says. ms */
  readonly longestWaitMs: number;
  /** For one try. ms */
  readonly timeoutMs: number;
}

/** Too many requests; not now. */
const LATER: ReadonlySet<number> = new Set([429, 503]);
const FIRST_WAIT_MS = 100;

/**
 * Sends again what was answered with 503 or 429, or by nobody. Safe for every request of this client: queries change nothing and
 * commands carry an Idempotency-Key. Throws `ApiUnreachable` when nobody ever answered.
 */
export async function sendPatiently(
  url: string,
  request: RequestInit,
  patience: Patience,
  signal?: AbortSignal,
): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const last = attempt >= patience.retries;
    const outcome = await sendOnce(url, request, patience, signal);
    if (outcome instanceof Response) {
      if (!LATER.has(outcome.status) || last) return outcome;
      await outcome.body?.cancel();
    } else if (last || signal?.aborted) {
      throw signal?.aborted ? signal.reason : new ApiUnreachable(new URL(url).origin, outcome);
    }
    await pause(waitOf(outcome, attempt, patience), undefined, { ...(signal && { signal }) });
  }
}

async function sendOnce(
  url: string,
  request: RequestInit,
  { timeoutMs }: Patience,
  signal: AbortSignal | undefined,
): Promise<Response | Error> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url, { ...request, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** As the answer asks; else doubling from 100 ms. */
function waitOf(outcome: Response | Error, attempt: number, { longestWaitMs }: Patience): number {
  const asked =
    outcome instanceof Response
      ? Number(outcome.headers.get('Retry-After') ?? Number.NaN) * 1000
      : Number.NaN;
  return Math.min(Number.isFinite(asked) ? asked : FIRST_WAIT_MS * 2 ** attempt, longestWaitMs);
}

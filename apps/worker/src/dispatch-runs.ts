import type { EventMetadata, RunEvent } from '@stemma/domain/events';
import type { EventStore, RecordedEvent } from '@stemma/event-store';
import type { RunProducer } from '@stemma/queue';
import type { Admission, Candidate } from './admission.js';
import type { Hands } from './hands.js';
import type { HeardStates } from './heard-states.js';
import { type ExecuteParts, lookAhead, type Requested } from './execute-run.js';

export interface DispatchParts extends ExecuteParts {
  readonly store: EventStore;
  readonly admission: Admission;
  readonly producer: RunProducer;
  readonly workerId: string;
  readonly hands: Hands;
  /** Whether this worker may begin a run before its job has come through the queue. */
  readonly mayBegin: () => boolean;
  readonly onFault: (error: unknown) => void;
  readonly heard: HeardStates;
  /** Takes in an event of a script or a tenant. */
  readonly follow: (event: RecordedEvent) => Promise<void>;
  /** Calls back after so long, or never when that is long: the reconciler looks after it then. */
  readonly later: (ms: number, then: () => void) => void;
}

/**
 * Follows the runs from the end of the log on: what was asked for goes to the queue in its tenant's turn, what was
 * cancelled is stopped. The past, and whatever Redis does not take, is the reconciler's. Ends when `signal` aborts.
 */
export async function dispatchRuns(parts: DispatchParts, signal: AbortSignal): Promise<void> {
  const { heard } = parts;
  const onInterrupted = (): void => heard.interrupted();
  for await (const delivery of parts.store.subscribe({ ...FOLLOWED, signal, onInterrupted })) {
    heard.hear(delivery.kind);
    if (delivery.kind !== 'event') continue;
    const { event } = delivery;
    if (event.stream.startsWith(RUNS)) await enqueue(parts, hear(parts, event));
    else await parts.follow(event);
  }
}

const RUNS = 'run-';
/** Of scripts and tenants a run needs to know how they are at its moment. */
const FOLLOWED = { after: 'end', streamPrefixes: [RUNS, 'script-', 'tenant-'] } as const;

function hear(parts: DispatchParts, recorded: RecordedEvent): readonly Candidate[] {
  const { admission, active, workerId } = parts;
  const event = recorded as unknown as RunEvent & { readonly metadata: EventMetadata };
  const { tenantId } = event.metadata;
  const { runId } = event.data;
  switch (event.type) {
    case 'RunRequested':
      return ask(parts, { tenantId, request: event.data, event: recorded });
    case 'RunStarted':
      if (event.data.worker !== workerId) active.cancel(runId);
      return [];
    case 'RunAttemptFailed':
      tryAgain(parts, { tenantId, runId, attempt: event.data.attempt + 1 }, event.data.retryAfterMs);
      return admission.end(tenantId, runId);
    case 'RunCancelRequested':
      active.cancel(runId);
      return [];
    case 'RunCompleted':
      active.cancel(runId);
      return admission.end(tenantId, runId);
  }
}

/** Its job follows a run that is begun at once, and waits for its end as if it had brought it. */
function ask(parts: DispatchParts, requested: Requested): readonly Candidate[] {
  const { tenantId, request } = requested;
  const turn = parts.admission.request({ tenantId, runId: request.runId, attempt: 1 });
  for (const job of turn) {
    if (lookAhead(parts, requested) && parts.mayBegin()) parts.hands.take(job).catch(parts.onFault);
  }
  return turn;
}

/** During its pause a run holds no place in its tenant's turn. Whether it still wants the attempt, the log says then. */
function tryAgain(parts: DispatchParts, candidate: Candidate, afterMs: number): void {
  parts.later(afterMs, () => void enqueue(parts, parts.admission.request(candidate)));
}

/** Redis may be away: the reconciler finds what is missing there. */
export async function enqueue(
  { producer, log }: Pick<DispatchParts, 'producer' | 'log'>,
  candidates: readonly Candidate[],
): Promise<void> {
  for (const candidate of candidates) {
    await producer.add(candidate).catch((error: unknown) => {
      log.warn(
        { err: error, runId: candidate.runId },
        'the queue is away; the run waits in the log and goes on when it is back',
      );
    });
  }
}

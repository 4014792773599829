import type { RunEvent, EventMetadata } from '@stemma/domain/events';
import type { EventStore, RecordedEvent } from '@stemma/event-store';
import type { Logger } from '@stemma/observability';
import type { RunProducer } from '@stemma/queue';
import type { ActiveRuns } from './active-runs.js';
import type { Admission, Candidate } from './admission.js';

export interface DispatchParts {
  readonly store: EventStore;
  readonly admission: Admission;
  readonly producer: RunProducer;
  readonly active: ActiveRuns;
  readonly workerId: string;
  readonly log: Logger;
}

/**
 * Follows the runs from the end of the log on: what was asked for goes to the queue in its tenant's turn, what was
 * cancelled is stopped. The past, and whatever Redis does not take, is the reconciler's. Ends when `signal` aborts.
 */
export async function dispatchRuns(parts: DispatchParts, signal: AbortSignal): Promise<void> {
  const news = parts.store.subscribe({ after: 'end', streamPrefixes: ['run-'], signal });
  for await (const delivery of news) {
    if (delivery.kind === 'event') await enqueue(parts, hear(parts, delivery.event));
  }
}

function hear({ admission, active, workerId }: DispatchParts, recorded: RecordedEvent): readonly Candidate[] {
  const event = recorded as unknown as RunEvent & { readonly metadata: EventMetadata };
  const { tenantId } = event.metadata;
  const { runId } = event.data;
  switch (event.type) {
    case 'RunRequested':
      return admission.request({ tenantId, runId, attempt: 1 });
    case 'RunStarted':
      if (event.data.worker !== workerId) active.cancel(runId);
      return [];
    case 'RunCancelRequested':
      active.cancel(runId);
      return [];
    case 'RunCompleted':
      active.cancel(runId);
      return admission.end(tenantId, runId);
  }
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

import type { RunEvent } from './run.events.js';

/** Something in the history of a run that must never be. */
export interface HistoryFault {
  readonly runId: string;
  readonly fault:
    | 'accepted, but not in the log'
    | 'never ended'
    | 'ended more than once'
    | 'something came after its end'
    | 'an attempt was started twice or out of order'
    | 'a report of another attempt counted'
    | 'cancelled, but ended otherwise'
    | 'an attempt failed that was not the current one, or twice'
    | 'an attempt was to be tried again after a cancel'
    | 'tried again more often than its policy allows';
}

/**
 * Checks what the log says of runs against what must hold whatever breaks (R-E5), from the events alone: it shares
 * nothing with the decider it judges. `accepted` are the runs that callers were promised; `events` those of run streams,
 * in the order of the log. An empty answer means that nothing is wrong.
 */
export function judgeRunHistories(
  accepted: Iterable<string>,
  events: Iterable<RunEvent>,
): readonly HistoryFault[] {
  const histories = Map.groupBy(events, ({ data }) => data.runId);
  return [...accepted].flatMap((runId) =>
    faultsOf(histories.get(runId) ?? []).map((fault): HistoryFault => ({ runId, fault })),
  );
}

function faultsOf(history: readonly RunEvent[]): HistoryFault['fault'][] {
  if (history.length === 0) return ['accepted, but not in the log'];
  const ends = history.filter((event) => event.type === 'RunCompleted');
  const faults: HistoryFault['fault'][] = [];
  if (ends.length === 0) faults.push('never ended');
  if (ends.length > 1) faults.push('ended more than once');
  if (ends.length > 0 && history.at(-1)?.type !== 'RunCompleted') faults.push('something came after its end');
  const starts = history.filter((event) => event.type === 'RunStarted');
  if (starts.some(({ data }, index) => data.attempt !== index + 1)) {
    faults.push('an attempt was started twice or out of order');
  }
  if (ends.some(({ data }) => data.attempt !== starts.length))
    faults.push('a report of another attempt counted');
  const cancelled = history.some(({ type }) => type === 'RunCancelRequested');
  if (cancelled && ends.some(({ data }) => data.status !== 'cancelled'))
    faults.push('cancelled, but ended otherwise');
  return [...faults, ...faultsOfRetries(history)];
}

function faultsOfRetries(history: readonly RunEvent[]): HistoryFault['fault'][] {
  const faults: HistoryFault['fault'][] = [];
  const failed = history.flatMap((event, place) =>
    event.type === 'RunAttemptFailed' ? [{ event, place }] : [],
  );
  const before = (place: number) => history.slice(0, place);
  const isCurrent = ({ event, place }: (typeof failed)[number]): boolean => {
    const last = before(place).findLast(({ type }) => type === 'RunStarted' || type === 'RunAttemptFailed');
    return last?.type === 'RunStarted' && last.data.attempt === event.data.attempt;
  };
  if (!failed.every(isCurrent)) faults.push('an attempt failed that was not the current one, or twice');
  if (failed.some(({ place }) => before(place).some(({ type }) => type === 'RunCancelRequested')))
    faults.push('an attempt was to be tried again after a cancel');
  const policy = history.find((event) => event.type === 'RunRequested')?.data.retries;
  if (failed.length > (policy?.max ?? 0)) faults.push('tried again more often than its policy allows');
  return faults;
}

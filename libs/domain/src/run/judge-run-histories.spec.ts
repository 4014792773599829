import { describe, expect, it } from '@jest/globals';
import { judgeRunHistories } from './judge-run-histories.js';
import type { RunEvent } from './run.events.js';
import {
  cancel,
  complete,
  failed,
  request,
  requestWithRetries,
  runHistory,
  runId,
  start,
} from './run.fixtures.js';

const whole = runHistory(request, start(1), start(2), complete(2)).map(({ event }) => event);
const cancelled = runHistory(request, start(1), cancel, complete(1)).map(({ event }) => event);

const retried = runHistory(requestWithRetries(1), start(1), complete(1, failed), start(2), complete(2)).map(
  ({ event }) => event,
);
const faults = (events: readonly RunEvent[]) => judgeRunHistories([runId], events).map(({ fault }) => fault);
const [requested, first, second, end] = whole as [RunEvent, RunEvent, RunEvent, RunEvent];

describe('the checker of run histories', () => {
  it('finds nothing in what the decider allows', () => {
    expect(faults(whole)).toEqual([]);
    expect(faults(cancelled)).toEqual([]);
    expect(faults(retried)).toEqual([]);
  });

  it.each<[string, readonly RunEvent[], string]>([
    ['lost', [], 'accepted, but not in the log'],
    ['left running', [requested, first, second], 'never ended'],
    ['ended twice', [...whole, end], 'ended more than once'],
    ['started after its end', [requested, first, end, second], 'something came after its end'],
    [
      'started twice as one attempt',
      [requested, first, first, end],
      'an attempt was started twice or out of order',
    ],
    ['ended by the report of a lost attempt', [requested, first, end], 'a report of another attempt counted'],
    [
      'completed although cancelled',
      [requested, { type: 'RunCancelRequested', data: { runId, reason: null } }, first, second, end],
      'cancelled, but ended otherwise',
    ],
    [
      'failed by a lost attempt',
      [retried[0], retried[1], retried[3], retried[2], retried[4]] as RunEvent[],
      'an attempt failed that was not the current one, or twice',
    ],
    [
      'failed twice in one attempt',
      [...retried.slice(0, 3), retried[2], ...retried.slice(3)] as RunEvent[],
      'an attempt failed that was not the current one, or twice',
    ],
    [
      'tried again after a cancel',
      [
        ...retried.slice(0, 2),
        { type: 'RunCancelRequested', data: { runId, reason: null } } as const,
        ...retried.slice(2),
      ],
      'an attempt was to be tried again after a cancel',
    ],
    [
      'tried again though its script does not want it',
      [requested, ...retried.slice(1)],
      'tried again more often than its policy allows',
    ],
  ])('finds a run that was %s', (_what, events, fault) => {
    expect(faults(events)).toContain(fault);
  });
});

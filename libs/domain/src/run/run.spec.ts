import { fold, specify } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import { type RunCommand, runDecider } from './run.decider.js';
import {
  cancel,
  complete,
  failed,
  lost,
  request,
  requestData,
  requestWithRetries,
  runHistory,
  runId,
  start,
  succeeded,
  workerMeta,
} from './run.fixtures.js';
import { cancelledUnstarted } from './run-outcomes.js';

const { given } = specify(runDecider);
const meta = workerMeta;
const pending = runHistory(request);
const running = runHistory(request, start(1));
const restarted = runHistory(request, start(1), start(2, 'worker-2'));
const cancelling = runHistory(request, start(1), cancel);
const finished = runHistory(request, start(1), complete(1));

describe('requesting a run', () => {
  it('pins everything it will need', () =>
    given()
      .when(request(meta))
      .then([{ type: 'RunRequested', data: requestData }]));
  it('with more than a container takes in is refused', () => {
    const heavy = (data: object) => ({ ...request(meta), data: { ...requestData, ...data } }) as RunCommand;
    const big = { sha256: '0'.repeat(64), size: 20 * 1024 * 1024 };
    given()
      .when(heavy({ input: big }))
      .thenRejected('input-too-large');
    given()
      .when(
        heavy({
          files: [
            { ...big, name: 'a' },
            { ...big, name: 'b' },
          ],
        }),
      )
      .thenRejected('input-too-large');
  });
  it('twice under one id is refused', () =>
    given(...pending)
      .when(request(meta))
      .thenRejected('run-exists'));
});

describe('starting an attempt', () => {
  it('names the attempt and its worker', () =>
    given(...pending)
      .when(start(1)(meta))
      .thenTypes('RunStarted'));

  it('Q2 of two workers with one job the second is refused, and not made the next attempt', () =>
    given(...running)
      .when(start(1, 'worker-2')(meta))
      .thenRejected('attempt-superseded'));

  it('of a lost one makes the next current', () =>
    given(...running)
      .when(start(2, 'worker-2')(meta))
      .thenTypes('RunStarted'));
  it('out of order is refused', () =>
    given(...pending)
      .when(start(2)(meta))
      .thenRejected('attempt-out-of-order'));
  it('after a cancel is refused', () =>
    given(...cancelling)
      .when(start(2)(meta))
      .thenRejected('run-cancelled'));
  it('of a run that ended, or never was, is refused', () => {
    given(...finished)
      .when(start(2)(meta))
      .thenRejected('run-finished');
    given().when(start(1)(meta)).thenRejected('run-not-found');
  });
});

describe('completing a run', () => {
  it('keeps the outcome of the current attempt', () =>
    given(...running)
      .when(complete(1)(meta))
      .then([{ type: 'RunCompleted', data: { runId, attempt: 1, ...succeeded } }]));

  it('T13 a lost worker is an outcome too', () =>
    given(...running)
      .when(complete(1, lost)(meta))
      .thenTypes('RunCompleted'));

  it('a late report of an earlier attempt does not count', () => {
    given(...restarted)
      .when(complete(1)(meta))
      .thenRejected('attempt-superseded');
    given(...restarted)
      .when(complete(2)(meta))
      .thenTypes('RunCompleted');
  });

  it('a run that cannot even start is completed at attempt 0', () =>
    given(...pending)
      .when(complete(0, lost)(meta))
      .thenTypes('RunCompleted'));

  it('T12 a finished run stays as it is', () => {
    given(...finished)
      .when(complete(1)(meta))
      .thenRejected('run-finished');
    given(...finished)
      .when(cancel(meta))
      .thenRejected('run-finished');
  });

  it('whoever comes late to cancel it is told how it ended', () =>
    expect(() => runDecider.decide(fold(runDecider, finished), cancel(meta))).toThrow(
      'The run has ended as completed; its result stands.',
    ));
});

describe('a failure that is tried again', () => {
  const tried = runHistory(requestWithRetries(2), start(1), complete(1, failed));

  it('ends the attempt, and says when the next one may begin: twice as late each time', () => {
    given(...runHistory(requestWithRetries(2), start(1)))
      .when(complete(1, failed)(meta))
      .then([
        {
          type: 'RunAttemptFailed',
          data: { runId, attempt: 1, ...failed, retryAfterMs: 10_000 },
        },
      ]);
    given(...tried, ...runHistory(requestWithRetries(2), start(1), start(2)).slice(2))
      .when(complete(2, failed)(meta))
      .then([
        {
          type: 'RunAttemptFailed',
          data: { runId, attempt: 2, ...failed, retryAfterMs: 20_000 },
        },
      ]);
  });

  it('is the end when the policy is used up, or when trying again would change nothing', () => {
    given(...runHistory(requestWithRetries(0), start(1)))
      .when(complete(1, failed)(meta))
      .thenTypes('RunCompleted');
    given(...runHistory(requestWithRetries(2), start(1)))
      .when(complete(1, { ...failed, reason: 'source-invalid' })(meta))
      .thenTypes('RunCompleted');
    given(...runHistory(requestWithRetries(2), start(1)))
      .when(complete(1, lost)(meta))
      .thenTypes('RunCompleted');
  });

  it('leaves the fence as it is: the attempt has reported, and the next one begins once', () => {
    given(...tried)
      .when(complete(1)(meta))
      .thenRejected('attempt-superseded');
    given(...tried)
      .when(start(1)(meta))
      .thenRejected('attempt-superseded');
    given(...tried)
      .when(start(2)(meta))
      .thenTypes('RunStarted');
  });

  it('a cancel during the pause ends it in one append, and one before it is not tried again', () => {
    given(...tried)
      .when(cancel(meta))
      .thenTypes('RunCancelRequested', 'RunCompleted');
    given(...runHistory(requestWithRetries(2), start(1), cancel))
      .when(complete(1, failed)(meta))
      .thenTypes('RunCompleted');
  });
});

describe('cancelling a run', () => {
  it('that waits ends it in one append', () =>
    given(...pending)
      .when(cancel(meta))
      .then([
        { type: 'RunCancelRequested', data: { runId, reason: null } },
        { type: 'RunCompleted', data: { runId, attempt: 0, ...cancelledUnstarted } },
      ]));

  it('that runs asks for it once', () => {
    given(...running)
      .when(cancel(meta))
      .thenTypes('RunCancelRequested');
    given(...cancelling)
      .when(cancel(meta))
      .thenNothing();
    given(...runHistory(request, start(1), cancel, complete(1)))
      .when(cancel(meta))
      .thenNothing();
  });

  it('T12 wins over a result that comes after it; what happened stays, the result does not', () =>
    given(...cancelling)
      .when(complete(1)(meta))
      .then([
        {
          type: 'RunCompleted',
          data: {
            runId,
            attempt: 1,
            ...succeeded,
            status: 'cancelled',
            reason: 'cancel-requested',
            output: null,
            error: { name: 'CancelRequested', message: 'Cancelled while it ran.' },
          },
        },
      ]));
});

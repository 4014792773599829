import type { AppendOutcome } from '../store/append-job.js';
import type { Expected } from '../store/proposed-event.js';
import type { AppendTarget } from './append-requests.js';
import { type Refusal, refusalError } from './grpc-errors.js';
import {
  bigField,
  bytesField,
  emptyField,
  numberField,
  positionMessage,
  streamIdentifier,
  textField,
} from './message-bytes.js';

type Stored = Extract<AppendOutcome, { kind: 'stored' }>;

interface ExpectedFields {
  readonly exact: number;
  readonly any: number;
  readonly exists: number;
  readonly none: number;
}

const IN_BATCH: ExpectedFields = { exact: 5, none: 6, any: 7, exists: 8 };
const IN_DETAIL: ExpectedFields = { exact: 3, any: 4, exists: 5, none: 6 };
const IN_UNARY: ExpectedFields = { exact: 8, any: 9, exists: 10, none: 11 };

/** BatchAppendResp for one batch; the client finds its promise by the correlation id. */
export const batchAppendResponse = (
  correlation: Buffer,
  target: AppendTarget,
  outcome: AppendOutcome,
): Buffer =>
  batchResponse(
    correlation,
    target,
    outcome.kind === 'stored' ? bytesField(3, success(outcome)) : bytesField(2, refusal(target, outcome)),
  );

/** BatchAppendResp for a batch that failed for a reason that the protocol has no type for. */
export function batchAppendFailure(
  correlation: Buffer,
  target: AppendTarget,
  code: number,
  message: string,
): Buffer {
  return batchResponse(
    correlation,
    target,
    bytesField(2, status(code, message, any('BadRequest', textField(1, message)))),
  );
}

const batchResponse = (correlation: Buffer, { stream, expected }: AppendTarget, result: Buffer): Buffer =>
  Buffer.concat([
    bytesField(1, correlation),
    result,
    bytesField(4, streamIdentifier(stream)),
    expectedField(IN_BATCH, expected),
  ]);

/** AppendResp: success, or the one refusal that is not an error of the call. */
export function unaryAppendResponse(
  target: AppendTarget,
  outcome: Stored | Extract<Refusal, { kind: 'wrong-expected-version' }>,
): Buffer {
  if (outcome.kind === 'stored') return bytesField(1, success(outcome));
  const current = outcome.current === undefined ? emptyField(7) : numberField(6, outcome.current);
  return bytesField(2, Buffer.concat([current, expectedField(IN_UNARY, target.expected)]));
}

/** DeleteResp and TombstoneResp. */
export const deleteResponse = ({ position }: Stored): Buffer =>
  position === undefined ? emptyField(2) : bytesField(1, positionMessage(position));

function success({ revision, position }: Stored): Buffer {
  const current = revision < 0 ? emptyField(2) : numberField(1, revision);
  return Buffer.concat([
    current,
    position === undefined ? emptyField(4) : bytesField(3, positionMessage(position)),
  ]);
}

function expectedField(fields: ExpectedFields, expected: Expected): Buffer {
  switch (expected) {
    case 'any':
      return emptyField(fields.any);
    case 'no_stream':
      return emptyField(fields.none);
    case 'stream_exists':
      return emptyField(fields.exists);
    default:
      return bigField(fields.exact, expected);
  }
}

/** google.rpc.Status with a typed detail (HAZARDS E7). */
function refusal(target: AppendTarget, outcome: Refusal): Buffer {
  const { code, details } = refusalError(target.stream, target.expected, outcome);
  return status(code, details, detail(target, outcome));
}

const status = (code: number, message: string, detailAny: Buffer): Buffer =>
  Buffer.concat([numberField(1, code), textField(2, message), bytesField(3, detailAny)]);

function detail({ stream, expected }: AppendTarget, outcome: Refusal): Buffer {
  switch (outcome.kind) {
    case 'wrong-expected-version': {
      const current = outcome.current === undefined ? emptyField(2) : numberField(1, outcome.current);
      return any('WrongExpectedVersion', Buffer.concat([current, expectedField(IN_DETAIL, expected)]));
    }
    case 'stream-deleted':
      return any('StreamDeleted', bytesField(1, streamIdentifier(stream)));
    case 'too-large':
      return any('MaximumAppendSizeExceeded', numberField(1, outcome.limit));
    case 'timeout':
      return any('Timeout', Buffer.alloc(0));
  }
}

const any = (type: string, value: Buffer): Buffer =>
  Buffer.concat([textField(1, `type.googleapis.com/event_store.client.${type}`), bytesField(2, value)]);

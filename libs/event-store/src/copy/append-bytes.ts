import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, {
  type BatchAppendReq,
  type BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { RawEvent } from '../decode-record.js';
import { AppendTooLarge, RevisionConflict, StoreUnavailable, StreamDeleted } from '../errors.js';

/** What of an event a writer decides. */
export type BytesEvent = Pick<RawEvent, 'id' | 'type' | 'isJson' | 'data' | 'metadata'>;

/** One append, all or nothing, of events as bytes. */
export interface BytesAppend {
  readonly stream: string;
  readonly events: readonly BytesEvent[];
  readonly expected: bigint | 'no_stream' | 'any';
}

/** The message of one whole append. */
export function requestOf(correlation: string, { stream, events, expected }: BytesAppend): BatchAppendReq {
  const options = new streams.BatchAppendReq.Options();
  options.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(base64(Buffer.from(stream))));
  if (expected === 'no_stream') options.setNoStream(new shared.Empty());
  else if (expected === 'any') options.setAny(new shared.Empty());
  else options.setStreamPosition(String(expected));
  return new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(correlation))
    .setOptions(options)
    .setProposedMessagesList(events.map(messageOf))
    .setIsFinal(true);
}

function messageOf({ id, type, isJson, data, metadata }: BytesEvent) {
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(id))
    .setData(data)
    .setCustomMetadata(metadata);
  message
    .getMetadataMap()
    .set('type', type)
    .set('content-type', isJson ? 'application/json' : 'application/octet-stream');
  return message;
}

/** Text for a field of bytes, as the stubs take it. */
const base64 = (bytes: Buffer): string => bytes.toString('base64');

/** Which append a response answers. */
export function correlationOf(response: BatchAppendResp): string {
  const id = response.getCorrelationId();
  if (id?.hasString() === true) return id.getString();
  const structured = id?.getStructured();
  const half = (bits: string | undefined): string =>
    BigInt.asUintN(64, BigInt(bits ?? 0))
      .toString(16)
      .padStart(16, '0');
  const hex = half(structured?.getMostSignificantBits()) + half(structured?.getLeastSignificantBits());
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The last revision of an append that was stored, or why it was not. */
export function answerOf(response: BatchAppendResp, append: BytesAppend): bigint | Error {
  const success = response.getSuccess();
  if (success !== undefined) return BigInt(success.getCurrentRevision());
  const error = response.getError();
  const detail = error?.getDetails()?.getValue_asU8() ?? new Uint8Array();
  switch (error?.getDetails()?.getTypeName()) {
    case `${PACKAGE}.WrongExpectedVersion`:
      return conflict(append, detail);
    case `${PACKAGE}.StreamDeleted`:
      return new StreamDeleted(append.stream);
    case `${PACKAGE}.MaximumAppendSizeExceeded`:
      return tooLarge(append, detail);
    default:
      return new StoreUnavailable(`append to ${append.stream}`, new Error(error?.getMessage()));
  }
}

const PACKAGE = 'event_store.client';

function conflict({ stream, expected }: BytesAppend, detail: Uint8Array): RevisionConflict {
  const wrong = shared.WrongExpectedVersion.deserializeBinary(detail);
  const actual = wrong.hasCurrentStreamRevision() ? BigInt(wrong.getCurrentStreamRevision()) : null;
  return new RevisionConflict(stream, expected, actual);
}

function tooLarge({ stream, events }: BytesAppend, detail: Uint8Array): AppendTooLarge {
  const size = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  const limit = shared.MaximumAppendSizeExceeded.deserializeBinary(detail);
  return new AppendTooLarge(stream, size, limit.getMaxappendsize());
}

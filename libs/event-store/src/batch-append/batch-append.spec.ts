import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeAppendAnswer } from './append-answer.js';
import { type BytesAppend, correlationOf, encodeAppend } from './append-message.js';

const { BatchAppendReq, BatchAppendResp } = streams;

const revision = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
const event = fc.record({
  id: fc.uuid(),
  type: fc.string({ unit: 'grapheme', maxLength: 300 }),
  isJson: fc.boolean(),
  data: fc.uint8Array({ maxLength: 40_000 }),
  metadata: fc.uint8Array({ maxLength: 300 }),
});
const append: fc.Arbitrary<BytesAppend> = fc.record({
  stream: fc.string({ unit: 'grapheme', maxLength: 300 }),
  events: fc.array(event, { maxLength: 4 }),
  expected: fc.oneof(revision, fc.constantFrom('no_stream', 'stream_exists', 'any')),
});

/** What the generated decoder of the client's package reads in a message. */
function readBack(bytes: Buffer) {
  const request = BatchAppendReq.deserializeBinary(bytes);
  const options = request.getOptions();
  return {
    correlation: request.getCorrelationId()?.getString(),
    isFinal: request.getIsFinal(),
    stream: Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString(),
    expected: options && expectedOf(options),
    events: request.getProposedMessagesList().map((message) => ({
      id: message.getId()?.getString(),
      type: message.getMetadataMap().get('type'),
      isJson: message.getMetadataMap().get('content-type') === 'application/json',
      data: [...message.getData_asU8()],
      metadata: [...message.getCustomMetadata_asU8()],
    })),
  };
}

function expectedOf(options: InstanceType<typeof BatchAppendReq.Options>): BytesAppend['expected'] {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasStreamExists()) return 'stream_exists';
  return options.hasAny() ? 'any' : BigInt(options.getStreamPosition());
}

const plain = ({ events, ...rest }: BytesAppend) => ({
  ...rest,
  events: events.map((each) => ({ ...each, data: [...each.data], metadata: [...each.metadata] })),
});

function answerWith(correlation: InstanceType<typeof shared.UUID>, last: bigint, position?: bigint): Buffer {
  const success = new BatchAppendResp.Success().setCurrentRevision(String(last));
  if (position === undefined) success.setNoPosition(new shared.Empty());
  else {
    const both = new shared.AllStreamPosition();
    success.setPosition(both.setCommitPosition(String(position)).setPreparePosition(String(position)));
  }
  const answer = new BatchAppendResp().setCorrelationId(correlation).setSuccess(success);
  answer.setStreamIdentifier(new shared.StreamIdentifier()).setStreamPosition('7');
  return Buffer.from(answer.serializeBinary());
}

describe('the message of an append', () => {
  it('is what the generated decoder reads, whatever it holds', () => {
    fc.assert(
      fc.property(append, fc.nat(), (given, count) => {
        const correlation = correlationOf(count);
        const expected = { correlation, isFinal: true, ...plain(given) };
        expect(readBack(encodeAppend(correlation, given))).toEqual(expected);
      }),
    );
  });
});

describe('the answer to an append', () => {
  it('is read in both forms of its id, with and without a position', () => {
    fc.assert(
      fc.property(fc.nat(), revision, fc.option(revision), (count, last, position) => {
        const id = correlationOf(count);
        const text = new shared.UUID().setString(id);
        const structured = new shared.UUID.Structured();
        structured.setMostSignificantBits(String(0x4000)).setLeastSignificantBits(String(count));
        const numbers = new shared.UUID().setStructured(structured);
        const stored = { revision: last, position: position ?? undefined };
        for (const form of [text, numbers]) {
          const answer = decodeAppendAnswer(answerWith(form, last, position ?? undefined));
          expect(answer).toMatchObject({ correlation: count, stored });
        }
      }),
    );
  });

  it('holds a refusal when it holds no place', () => {
    const answer = new BatchAppendResp().setCorrelationId(new shared.UUID().setString(correlationOf(3)));
    const bytes = Buffer.from(answer.serializeBinary());
    expect(decodeAppendAnswer(bytes)).toEqual({ correlation: 3, stored: undefined, bytes });
  });
});

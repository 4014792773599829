import { describe, expect, it } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import fc from 'fast-check';
import { decodeAppendMessage, decodeBatchMessage } from './append-requests.js';
import { batchAppendResponse, unaryAppendResponse } from './append-responses.js';
import { MalformedMessage } from './read-fields.js';
import { recordedEventSize, writeRecordedEvent } from './recorded-event.js';
import { formatUuid, parseUuid } from './uuid.js';
import { readBigVarint, varintSize, writeVarint } from './varint.js';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const uuid = fc.uuid();
const number = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const expected = fc.oneof(
  fc.constantFrom('any' as const, 'no_stream' as const, 'stream_exists' as const),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const events = fc.record({ id: uuid, type: word, data: bytes, metadata: bytes });

describe('varints', () => {
  it('are those of protobuf', () => {
    fc.assert(
      fc.property(number, (value) => {
        const target = Buffer.alloc(10);
        expect(writeVarint(target, 0, value)).toBe(varintSize(value));
        expect(readBigVarint(target, 0)).toBe(BigInt(value));
      }),
    );
  });

  it('write 2^63 as 2^63 - 1', () => {
    const target = Buffer.alloc(10);
    expect(writeVarint(target, 0, 2 ** 63)).toBe(varintSize(2 ** 63));
    expect(readBigVarint(target, 0)).toBe(2n ** 63n - 1n);
  });
});

it('UUIDs are read as they are written', () => {
  fc.assert(fc.property(uuid, (text) => expect(formatUuid(parseUuid(text) ?? Buffer.alloc(16))).toBe(text)));
  expect(parseUuid('not-a-uuid')).toBeUndefined();
});

type Target = {
  setAny: (value: shared.Empty) => unknown;
  setNoStream: (value: shared.Empty) => unknown;
  setStreamExists: (value: shared.Empty) => unknown;
};
function setExpected(
  options: Target,
  setExact: (text: string) => unknown,
  value: 'any' | 'no_stream' | 'stream_exists' | bigint,
): void {
  if (typeof value === 'bigint') setExact(value.toString());
  else if (value === 'any') options.setAny(new shared.Empty());
  else if (value === 'no_stream') options.setNoStream(new shared.Empty());
  else options.setStreamExists(new shared.Empty());
}

const identifier = (stream: string) => new shared.StreamIdentifier().setStreamName(Buffer.from(stream));

describe('append requests, as the client package writes them', () => {
  it('of the batch call', () => {
    fc.assert(
      fc.property(
        word,
        expected,
        fc.array(events, { maxLength: 4 }),
        fc.boolean(),
        (stream, revision, proposed, final) => {
          const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifier(stream));
          setExpected(options, (text) => options.setStreamPosition(text), revision);
          const request = new streams.BatchAppendReq().setOptions(options).setIsFinal(final);
          request.setCorrelationId(new shared.UUID().setString('c'));
          for (const { id, type, data, metadata } of proposed) {
            const message = new streams.BatchAppendReq.ProposedMessage()
              .setId(new shared.UUID().setString(id))
              .setData(data)
              .setCustomMetadata(metadata);
            message.getMetadataMap().set('type', type).set('content-type', 'application/json');
            request.addProposedMessages(message);
          }
          const read = decodeBatchMessage(Buffer.from(request.serializeBinary()));
          expect(read).toMatchObject({ isFinal: final, target: { stream, expected: revision } });
          expect(
            read.events.map((event) => ({
              id: formatUuid(event.id),
              type: event.type.toString(),
              data: event.data,
              metadata: event.metadata,
            })),
          ).toEqual(proposed);
        },
      ),
    );
  });

  it('of the unary call, with ids as text or as two numbers', () => {
    fc.assert(
      fc.property(
        word,
        expected,
        events,
        fc.boolean(),
        (stream, revision, { id, type, data, metadata }, structured) => {
          const options = new streams.AppendReq.Options().setStreamIdentifier(identifier(stream));
          setExpected(options, (text) => options.setRevision(text), revision);
          const head = decodeAppendMessage(
            Buffer.from(new streams.AppendReq().setOptions(options).serializeBinary()),
          );
          expect(head).toMatchObject({ kind: 'target', target: { stream, expected: revision } });

          const message = new streams.AppendReq.ProposedMessage()
            .setId(uuidMessage(id, structured))
            .setData(data)
            .setCustomMetadata(metadata);
          message.getMetadataMap().set('type', type).set('content-type', 'application/json');
          const body = decodeAppendMessage(
            Buffer.from(new streams.AppendReq().setProposedMessage(message).serializeBinary()),
          );
          expect(body).toMatchObject({ kind: 'event', event: { id: parseUuid(id), data, metadata } });
        },
      ),
    );
  });

  it('are refused when they are no protobuf', () => {
    fc.assert(
      fc.property(bytes, (noise) => {
        try {
          decodeBatchMessage(noise);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      }),
    );
  });
});

function uuidMessage(id: string, structured: boolean): shared.UUID {
  if (!structured) return new shared.UUID().setString(id);
  const raw = parseUuid(id) ?? Buffer.alloc(16);
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(raw.readBigInt64BE(0).toString());
  halves.setLeastSignificantBits(raw.readBigInt64BE(8).toString());
  return new shared.UUID().setStructured(halves);
}

it('E4 recorded events are what the client package reads', () => {
  fc.assert(
    fc.property(
      events,
      word,
      number,
      number,
      fc.nat(),
      ({ id, type, data, metadata }, stream, revision, position, createdMs) => {
        const event = {
          id: parseUuid(id) ?? Buffer.alloc(16),
          type: Buffer.from(type),
          contentType: Buffer.from('application/json'),
          data,
          metadata,
        };
        const place = { name: Buffer.from(stream), revision, position, createdMs };
        const target = Buffer.alloc(recordedEventSize(event, place));
        expect(writeRecordedEvent(target, 0, event, place)).toBe(target.length);

        const read = streams.ReadResp.ReadEvent.RecordedEvent.deserializeBinary(target);
        expect(read.getId()?.getString()).toBe(id);
        expect(Buffer.from(read.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(stream);
        expect([read.getStreamRevision(), read.getCommitPosition(), read.getPreparePosition()]).toEqual(
          [revision, position, position].map(String),
        );
        expect(read.getMetadataMap().get('type')).toBe(type);
        expect(read.getMetadataMap().get('created')).toBe(`${createdMs}0000`);
        expect([Buffer.from(read.getData_asU8()), Buffer.from(read.getCustomMetadata_asU8())]).toEqual([
          data,
          metadata,
        ]);
      },
    ),
  );
});

describe('append responses', () => {
  const target = { stream: 'a stream', expected: 4n, deadline: undefined };
  const correlation = Buffer.from(new shared.UUID().setString('c').serializeBinary());

  it('of the batch call name the batch, the revision and the position', () => {
    const answer = streams.BatchAppendResp.deserializeBinary(
      batchAppendResponse(correlation, target, { kind: 'stored', revision: 5, position: 77 }),
    );
    expect(answer.getCorrelationId()?.getString()).toBe('c');
    expect(answer.getSuccess()?.getCurrentRevision()).toBe('5');
    expect(answer.getSuccess()?.getPosition()?.getCommitPosition()).toBe('77');
    expect(answer.getStreamPosition()).toBe('4');
  });

  it('E7 of a refused batch carry a typed detail and the stream', () => {
    const answer = streams.BatchAppendResp.deserializeBinary(
      batchAppendResponse(correlation, target, { kind: 'wrong-expected-version', current: undefined }),
    );
    const details = answer
      .getError()
      ?.getDetails()
      ?.unpack(
        (bytes) => shared.WrongExpectedVersion.deserializeBinary(bytes),
        'event_store.client.WrongExpectedVersion',
      );
    expect(details?.hasCurrentNoStream()).toBe(true);
    expect(details?.getExpectedStreamPosition()).toBe('4');
    expect(Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe('a stream');
  });

  it('of the unary call say expected and current', () => {
    const answer = streams.AppendResp.deserializeBinary(
      unaryAppendResponse(target, { kind: 'wrong-expected-version', current: 9 }),
    );
    expect(answer.getWrongExpectedVersion()?.getCurrentRevision()).toBe('9');
    expect(answer.getWrongExpectedVersion()?.getExpectedRevision()).toBe('4');
  });
});

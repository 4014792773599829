import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeRecord, isCaughtUp, type RawEvent } from './decode-record.js';

const { ReadResp } = streams;

/** The message as a server sends it, by the generated stubs. An old server sends the largest number as a prepare position. */
function responseWith(event: RawEvent, prepare = event.position): Buffer {
  const record = new ReadResp.ReadEvent.RecordedEvent();
  const facts = record.getMetadataMap();
  record.setId(new shared.UUID().setString(event.id));
  record.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(event.stream)));
  record.setStreamRevision(String(event.revision));
  record.setPreparePosition(String(prepare));
  record.setCommitPosition(String(event.position));
  facts.set('type', event.type);
  facts.set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  facts.set('created', `${event.createdAt.getTime()}1234`);
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  const read = new ReadResp.ReadEvent().setEvent(record).setCommitPosition(String(event.position));
  return Buffer.from(new ReadResp().setEvent(read).serializeBinary());
}

const place = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
const rawEvents: fc.Arbitrary<RawEvent> = fc.record({
  id: fc.uuid(),
  stream: fc.string({ minLength: 1, unit: 'grapheme' }),
  revision: place,
  position: place,
  type: fc.string({ minLength: 1, unit: 'grapheme' }),
  isJson: fc.boolean(),
  createdAt: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
  data: fc.uint8Array(),
  metadata: fc.uint8Array(),
});

const plain = (event: RawEvent | undefined) =>
  event && { ...event, data: [...event.data], metadata: [...event.metadata] };

describe('decoding a record', () => {
  it('H12 gives what the generated stubs encode, byte by byte', () => {
    fc.assert(
      fc.property(rawEvents, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (event, prepare) => {
        expect(plain(decodeRecord(responseWith(event, prepare)))).toEqual(plain(event));
      }),
    );
  });

  it('finds no event in the other messages of a read', () => {
    const caughtUp = new ReadResp().setCaughtUp(new ReadResp.CaughtUp());
    const bytes = Buffer.from(caughtUp.serializeBinary());
    expect([decodeRecord(bytes), isCaughtUp(bytes)]).toEqual([undefined, true]);
    expect(isCaughtUp(Buffer.alloc(0))).toBe(false);
    expect(decodeRecord(Buffer.alloc(0))).toBeUndefined();
  });

  it('steps over fields that a newer server may add', () => {
    const [event] = fc.sample(rawEvents, { numRuns: 1, seed: 1 }) as [RawEvent];
    const newer = Buffer.from([0x78, 0x07, 0x7a, 0x02, 0xff, 0xff, 0x79, ...Buffer.alloc(8)]);
    const message = Buffer.concat([newer, responseWith(event)]);
    expect(plain(decodeRecord(message))).toEqual(plain(event));
  });

  it('never takes a message that was cut for a whole one, nor runs beyond it', () => {
    const data = Uint8Array.from([1, 2, 3]);
    fc.assert(
      fc.property(rawEvents, fc.nat(), (event, at) => {
        const whole = responseWith({ ...event, data, metadata: data });
        const cut = whole.subarray(0, at % whole.length);
        if (cut.length === 0) return;
        expect(() => decodeRecord(cut)).toThrow(RangeError);
      }),
    );
  });

  it('H9 holds the revision of a tombstone, the largest there is', () => {
    const [event] = fc.sample(rawEvents, { numRuns: 1, seed: 1 }) as [RawEvent];
    const revision = 2n ** 63n - 1n;
    expect(decodeRecord(responseWith({ ...event, revision }))).toMatchObject({ revision });
  });

  it('refuses numbers that it could not hold exactly', () => {
    const [event] = fc.sample(rawEvents, { numRuns: 1, seed: 1 }) as [RawEvent];
    expect(() => decodeRecord(responseWith({ ...event, position: 2n ** 60n }))).toThrow('beyond 2^53');
  });
});

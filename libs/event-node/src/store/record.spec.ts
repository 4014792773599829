import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bodyOffset,
  parseRecord,
  recordBody,
  recordHash,
  recordId,
  recordLength,
  recordStream,
  recordType,
  sealRecord,
  STATE_AT,
  STATE_ERASED,
  TOMBSTONE_REVISION,
} from './record.js';

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));
const text = (max: number) => fc.string({ unit: 'grapheme', maxLength: max });

const records = fc.record({
  position: fc.integer({ min: 0, max: 2 ** 47 }),
  revision: fc.oneof(fc.integer({ min: 0, max: 2 ** 47 }), fc.constant(TOMBSTONE_REVISION)),
  createdMs: fc.integer({ min: 0, max: 2 ** 46 }),
  endsAppend: fc.boolean(),
  startsGroup: fc.boolean(),
  previousCrc: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  id: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array)),
  stream: text(40),
  eventType: text(40),
  body: bytes(200),
});
type Fields = typeof records extends fc.Arbitrary<infer Value> ? Value : never;

function seal({ stream, eventType, body, ...rest }: Fields): Buffer {
  const fields = { ...rest, name: Buffer.from(stream), type: Buffer.from(eventType) };
  const target = Buffer.alloc(recordLength(fields.name.length, fields.type.length, body.length));
  body.copy(target, bodyOffset(fields));
  sealRecord(target, fields, hash('sha256', body, 'buffer'));
  return target;
}

describe('a record', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(records, (fields) => {
        const record = parseRecord(seal(fields), 0, fields.position);
        const { id, stream, eventType, body, ...head } = fields;
        expect(record).toMatchObject({ ...head, erased: false });
        if (record === undefined) return;
        expect([recordStream(record), recordType(record)]).toEqual([stream, eventType]);
        expect([recordId(record), recordBody(record)]).toEqual([id, body]);
        expect(recordHash(record)).toEqual(hash('sha256', body, 'buffer'));
      }),
    );
  });

  it('is no record when one bit of it is another', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat({ max: 7 }), (fields, at, bit) => {
        const flipped = seal(fields);
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ (1 << bit);
        expect(parseRecord(flipped, 0, fields.position)).toBeUndefined();
      }),
    );
  });

  it('is no record when its end is missing, or at another position', () => {
    fc.assert(
      fc.property(records, fc.nat(), (fields, at) => {
        const whole = seal(fields);
        expect(parseRecord(whole.subarray(0, at % whole.length), 0, fields.position)).toBeUndefined();
        expect(parseRecord(whole, 0, fields.position + 1)).toBeUndefined();
      }),
    );
  });

  it('keeps id, type, hash and place when its body is erased', () => {
    fc.assert(
      fc.property(records, (fields) => {
        const target = seal(fields);
        target.writeUInt32LE(STATE_ERASED, STATE_AT);
        target.fill(0, target.length - 4 - fields.body.length, target.length - 4);
        const record = parseRecord(target, 0, fields.position);
        expect(record).toMatchObject({ erased: true, position: fields.position, revision: fields.revision });
        if (record === undefined) return;
        expect([recordStream(record), recordType(record), recordId(record)]).toEqual([
          fields.stream,
          fields.eventType,
          fields.id,
        ]);
        expect(recordHash(record)).toEqual(hash('sha256', fields.body, 'buffer'));
      }),
    );
  });
});

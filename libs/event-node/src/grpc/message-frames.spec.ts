import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallRefusal } from '../wire/grpc-errors.js';
import { createFrameReader, frameHeader } from './message-frames.js';

const LIMIT = 1_000;
const message = fc.uint8Array({ maxLength: LIMIT }).map((array) => Buffer.from(array));
const framed = (bytes: Buffer): Buffer => Buffer.concat([frameHeader(bytes.length), bytes]);

function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

function read(chunks: readonly Buffer[]): Buffer[] {
  const found: Buffer[] = [];
  const take = createFrameReader(LIMIT, (bytes) => found.push(Buffer.from(bytes)));
  chunks.forEach(take);
  return found;
}

describe('the frames of a call', () => {
  it('give the same messages however they are cut on the way', () => {
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, cuts) => {
        expect(read(chunksOf(Buffer.concat(messages.map(framed)), cuts))).toEqual(messages);
      }),
    );
  });

  it('wait for the rest of a message', () => {
    expect(read([framed(Buffer.from('whole')), framed(Buffer.from('torn')).subarray(0, 7)])).toEqual([
      Buffer.from('whole'),
    ]);
  });

  it.each([
    ['are over the limit', frameHeader(LIMIT + 1), /over the limit of 1000/],
    ['are compressed', Buffer.from([1, 0, 0, 0, 0]), /no compressed messages/],
  ])('are refused when they %s', (_, header, words) => {
    expect(() => read([header])).toThrow(CallRefusal);
    expect(() => read([header])).toThrow(words);
  });
});

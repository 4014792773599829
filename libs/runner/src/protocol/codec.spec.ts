import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Breach } from './breach.js';
import { createDemultiplexer } from './demultiplex.js';
import type { AttachedPiece } from './demultiplex.js';
import { createFrameDecoder } from './frame-decoder.js';
import type { FrameCaps } from './frame-decoder.js';
import { encodeFrame, frameTypes } from './frame.js';
import type { Frame, FrameName } from './frame.js';

const names = Object.keys(frameTypes) as FrameName[];
const everything = Object.fromEntries(names.map((name) => [name, 1_000])) as FrameCaps;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const frame = fc.record({ name: fc.constantFrom(...names), payload: bytes(1_000) });

/** Bytes cut anywhere. */
const chunked = (whole: fc.Arbitrary<Buffer>) =>
  fc.tuple(whole, fc.array(fc.nat(), { maxLength: 20 })).map(([all, cuts]) => {
    const places = [...new Set(cuts.map((cut) => (all.length === 0 ? 0 : cut % all.length)))].sort(
      (a, b) => a - b,
    );
    return [0, ...places].map((from, index) => all.subarray(from, places[index] ?? all.length));
  });

function decode(chunks: readonly Buffer[], caps: FrameCaps = everything): readonly Frame[] {
  const decoder = createFrameDecoder(caps);
  return chunks.flatMap((chunk) => [...decoder.push(chunk)]);
}

const plain = (frames: readonly Frame[]) =>
  frames.map(({ name, payload }) => [name, payload.toString('hex')]);

describe('frames', () => {
  it('come out as they went in, wherever the stream was cut', () => {
    const encoded = fc
      .array(frame, { maxLength: 10 })
      .chain((frames) =>
        fc.tuple(
          fc.constant(frames),
          chunked(fc.constant(Buffer.concat(frames.map(({ name, payload }) => encodeFrame(name, payload))))),
        ),
      );
    fc.assert(
      fc.property(encoded, ([frames, chunks]) => expect(plain(decode(chunks))).toEqual(plain(frames))),
    );
  });

  it('of any hostile bytes are frames under their caps, or a breach; never another error', () => {
    fc.assert(
      fc.property(chunked(bytes(5_000)), (chunks) => {
        try {
          for (const { name, payload } of decode(chunks))
            expect(payload.length).toBeLessThanOrEqual(everything[name] ?? -1);
        } catch (error) {
          expect(error).toBeInstanceOf(Breach);
        }
      }),
    );
  });

  it('that are too long are refused with their header, before a byte of them is kept', () => {
    const header = encodeFrame('stdout', Buffer.alloc(1_001)).subarray(0, 5);
    expect(() => decode([header])).toThrow(expect.objectContaining({ reason: 'protocol-violation' }));
    const result = encodeFrame('result', Buffer.alloc(1_001)).subarray(0, 5);
    expect(() => decode([result])).toThrow(expect.objectContaining({ reason: 'output-limit' }));
  });

  it('before a broken one are still had', () => {
    const good = encodeFrame('log', Buffer.from('good'));
    const seen: string[] = [];
    expect(() => {
      for (const { payload } of createFrameDecoder(everything).push(Buffer.concat([good, Buffer.alloc(5)])))
        seen.push(payload.toString());
    }).toThrow(Breach);
    expect(seen).toEqual(['good']);
  });

  it('of the other direction are refused', () => {
    expect(() => decode([encodeFrame('run')], { log: 10 })).toThrow(Breach);
  });

  it('have one set of numbers here and in the harnesses', () => {
    const harness = (name: string): string =>
      fileURLToPath(new URL(`../../harness/${name}`, import.meta.url));
    const { types } = createRequire(import.meta.url)(harness('frames.cjs')) as { types: object };
    expect(types).toEqual(frameTypes);
    const python = readFileSync(harness('python_harness.py'), 'utf8');
    const told = Object.fromEntries(
      [...python.matchAll(/^([A-Z_, ]+) = (0x[0-9A-F, x]+)$/gm)].flatMap(([, left = '', right = '']) =>
        left
          .split(', ')
          .map((name, index) => [
            name.toLowerCase().replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase()),
            Number(right.split(', ')[index]),
          ]),
      ),
    ) as object;
    expect(told).toEqual(frameTypes);
  });
});

describe('the attach stream of an engine', () => {
  const piece = fc.record({
    stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    bytes: bytes(300),
  });
  const engineFrame = ({ stream, bytes: body }: AttachedPiece): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt8(stream === 'stderr' ? 2 : 1, 0);
    header.writeUInt32BE(body.length, 4);
    return Buffer.concat([header, body]);
  };
  const joined = (pieces: readonly AttachedPiece[], stream: string): string =>
    Buffer.concat(pieces.filter((found) => found.stream === stream).map((found) => found.bytes)).toString(
      'hex',
    );

  it('gives each stream its bytes in order, wherever it was cut', () => {
    const cut = fc
      .array(piece, { maxLength: 10 })
      .chain((pieces) =>
        fc.tuple(fc.constant(pieces), chunked(fc.constant(Buffer.concat(pieces.map(engineFrame))))),
      );
    fc.assert(
      fc.property(cut, ([pieces, chunks]) => {
        const demultiplex = createDemultiplexer();
        const found = chunks.flatMap((chunk) => [...demultiplex(chunk)]);
        for (const stream of ['stdout', 'stderr']) expect(joined(found, stream)).toBe(joined(pieces, stream));
      }),
    );
  });
});

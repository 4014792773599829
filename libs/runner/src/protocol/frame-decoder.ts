import { Breach } from './breach.js';
import { frameHeaderBytes, frameNameOf } from './frame.js';
import type { Frame, FrameName } from './frame.js';

/** The longest payload of each frame that may come; a frame that is not named here may not. */
export type FrameCaps = Readonly<Partial<Record<FrameName, number>>>;

export interface FrameDecoder {
  /**
   * The frames that are complete with these bytes, one at a time, so that those before a fault are still had. Throws a
   * `Breach`; after that the decoder is of no use.
   */
  push(chunk: Buffer): Iterable<Frame>;
}

/**
 * Takes frames out of a hostile stream. A length is checked before a byte of its payload is kept, so it never holds
 * more than the largest cap and one chunk.
 */
export function createFrameDecoder(caps: FrameCaps): FrameDecoder {
  let chunks: Buffer[] = [];
  let available = 0;
  let awaited: { name: FrameName; length: number } | null = null;

  function take(length: number): Buffer {
    const [whole] = chunks;
    const all = chunks.length === 1 && whole !== undefined ? whole : Buffer.concat(chunks);
    const rest = all.subarray(length);
    chunks = rest.length > 0 ? [rest] : [];
    available = rest.length;
    return all.subarray(0, length);
  }

  function next(): Frame | null {
    if (awaited === null) {
      if (available < frameHeaderBytes) return null;
      awaited = readHeader(take(frameHeaderBytes), caps);
    }
    if (available < awaited.length) return null;
    const frame = { name: awaited.name, payload: take(awaited.length) };
    awaited = null;
    return frame;
  }

  function* push(chunk: Buffer): Iterable<Frame> {
    chunks.push(chunk);
    available += chunk.length;
    for (let frame = next(); frame !== null; frame = next()) yield frame;
  }

  return { push };
}

function readHeader(header: Buffer, caps: FrameCaps): { name: FrameName; length: number } {
  const type = header.readUInt8(0);
  const length = header.readUInt32BE(1);
  const name = frameNameOf(type);
  const cap = name === null ? undefined : caps[name];
  if (name === null || cap === undefined) {
    throw new Breach('protocol-violation', `The container sent a frame of the unknown type ${type}.`);
  }
  if (length > cap) throw tooLong(name, length, cap);
  return { name, length };
}

function tooLong(name: FrameName, length: number, cap: number): Breach {
  if (name === 'result') {
    return new Breach('output-limit', `The result has ${length} bytes as JSON; at most ${cap} are allowed.`);
  }
  return new Breach(
    'protocol-violation',
    `The container sent a frame "${name}" of ${length} bytes; at most ${cap}.`,
  );
}

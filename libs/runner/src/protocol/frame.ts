/**
 * The framed protocol between the worker and a harness. A frame is one byte of type, four bytes of length (big endian),
 * and the payload. `harness/frames.cjs` and `harness/python_harness.py` speak the same; docs/adr/0007 has the contract.
 */
export const frameTypes = Object.freeze({
  /** To the container. */
  run: 0x01,
  file: 0x02,
  bytes: 0x03,
  go: 0x04,
  ping: 0x05,
  /** From the container. */
  ready: 0x81,
  pong: 0x82,
  stdout: 0x83,
  stderr: 0x84,
  log: 0x85,
  artifact: 0x86,
  artifactBytes: 0x87,
  artifactEnd: 0x88,
  artifactDrop: 0x89,
  result: 0x8a,
  error: 0x8b,
  variable: 0x8c,
});

export type FrameName = keyof typeof frameTypes;

export interface Frame {
  readonly name: FrameName;
  readonly payload: Buffer;
}

export const frameHeaderBytes = 5;

/** What a frame to a container may carry at most; what one from it may is a matter of its type. */
const maxFrameBytes = 64 * 1024 * 1024;

const names = new Map<number, FrameName>(
  (Object.keys(frameTypes) as FrameName[]).map((name) => [frameTypes[name], name]),
);

export function frameNameOf(type: number): FrameName | null {
  return names.get(type) ?? null;
}

export function encodeFrame(name: FrameName, payload: Uint8Array = new Uint8Array()): Buffer {
  if (payload.byteLength > maxFrameBytes)
    throw new RangeError(`A frame of ${payload.byteLength} bytes is too long.`);
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.byteLength);
  frame.writeUInt8(frameTypes[name], 0);
  frame.writeUInt32BE(payload.byteLength, 1);
  frame.set(payload, frameHeaderBytes);
  return frame;
}

import { status } from '@grpc/grpc-js';
import { CallRefusal, grpcError } from '../wire/grpc-errors.js';

/** gRPC puts a flag (compressed or not) and the length before every message. */
export const FRAME_HEADER_BYTES = 5;

export function frameHeader(messageBytes: number): Buffer {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES);
  header[0] = 0;
  header.writeUInt32BE(messageBytes, 1);
  return header;
}

/**
 * Takes the bytes of a call as they arrive and hands over whole messages, views into them where possible.
 * Throws {@link CallRefusal} for compressed messages and for those above `limit`.
 */
export function createFrameReader(
  limit: number,
  onMessage: (message: Buffer) => void,
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let held = 0;
  let needed = FRAME_HEADER_BYTES;
  return (chunk) => {
    parts.push(chunk);
    held += chunk.length;
    if (held < needed) return;
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts, held);
    let at = 0;
    for (;;) {
      needed = frameBytes(bytes, at, limit);
      if (bytes.length - at < needed) break;
      onMessage(bytes.subarray(at + FRAME_HEADER_BYTES, at + needed));
      at += needed;
    }
    parts = at < bytes.length ? [bytes.subarray(at)] : [];
    held = bytes.length - at;
  };
}

/** Length of the frame at `at`; that of a header when not even the header is whole. */
function frameBytes(bytes: Buffer, at: number, limit: number): number {
  if (bytes.length - at < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
  if (bytes[at] !== 0) throw new CallRefusal(COMPRESSED);
  const length = bytes.readUInt32BE(at + 1);
  if (length > limit) throw new CallRefusal(tooLarge(length, limit));
  return FRAME_HEADER_BYTES + length;
}

const COMPRESSED = grpcError(
  status.UNIMPLEMENTED,
  'This event node takes no compressed messages; send them as they are.',
);

const tooLarge = (length: number, limit: number) =>
  grpcError(
    status.RESOURCE_EXHAUSTED,
    `A message of ${length} bytes is over the limit of ${limit}; send smaller ones.`,
  );

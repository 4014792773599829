/** A piece of what a container wrote: `stdout` carries the protocol, `stderr` what was printed past the harness. */
export interface AttachedPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const headerBytes = 8;

/**
 * Takes the engine's attach stream apart: eight bytes of header (stream, three zeros, length), then the bytes. Pieces
 * are passed on as they come, so it holds no more than a header.
 */
export function createDemultiplexer(): (chunk: Buffer) => readonly AttachedPiece[] {
  let header = Buffer.alloc(0);
  let stream: AttachedPiece['stream'] = 'stdout';
  let left = 0;

  return (chunk) => {
    const pieces: AttachedPiece[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (left === 0) {
        const wanted = headerBytes - header.length;
        header = Buffer.concat([header, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (header.length < headerBytes) break;
        stream = header.readUInt8(0) === 2 ? 'stderr' : 'stdout';
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      }
      const bytes = rest.subarray(0, left);
      left -= bytes.length;
      rest = rest.subarray(bytes.length);
      if (bytes.length > 0) pieces.push({ stream, bytes });
    }
    return pieces;
  };
}

/** The newest bytes of the log, kept in memory: live subscribers read from here, not from files. */
export interface LogTail {
  /** Adds durable bytes; they follow what was added before, except at a new segment. */
  readonly push: (position: number, bytes: Buffer) => void;
  /** Bytes from `position` on, at most `length`, or undefined when they are no longer (or not yet) here. */
  readonly slice: (position: number, length: number) => Buffer | undefined;
  readonly clear: () => void;
}

interface Piece {
  readonly start: number;
  readonly bytes: Buffer;
}

export function createLogTail(maxBytes: number): LogTail {
  let pieces: Piece[] = [];
  let held = 0;
  return {
    push(position, bytes) {
      pieces.push({ start: position, bytes });
      held += bytes.length;
      while (held > maxBytes && pieces.length > 1) held -= pieces.shift()?.bytes.length ?? 0;
    },
    slice(position, length) {
      const piece = pieces[lastStartingAtOrBefore(pieces, position)];
      if (piece === undefined || position >= piece.start + piece.bytes.length) return undefined;
      const from = position - piece.start;
      return piece.bytes.subarray(from, from + length);
    },
    clear() {
      pieces = [];
      held = 0;
    },
  };
}

function lastStartingAtOrBefore(pieces: readonly Piece[], position: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? Infinity) <= position) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

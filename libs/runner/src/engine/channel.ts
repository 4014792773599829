import type { Duplex } from 'node:stream';
import { createDemultiplexer } from '../protocol/demultiplex.js';
import type { AttachedPiece } from '../protocol/demultiplex.js';
import { createFrameDecoder } from '../protocol/frame-decoder.js';
import type { FrameCaps } from '../protocol/frame-decoder.js';
import type { Frame } from '../protocol/frame.js';

/** What comes out of a container: a frame of its harness, or bytes that were printed past it. */
export type Received =
  { readonly kind: 'frame'; readonly frame: Frame } | { readonly kind: 'printed'; readonly bytes: Buffer };

/** Both directions of an attached container. */
export interface Channel {
  /** What has come since; null when the container's output has ended. Going through it may throw a `Breach`. */
  next(): Promise<Iterable<Received> | null>;
  /** From now on these frames may come. */
  allow(caps: FrameCaps): void;
  /** Resolves when more may be written; what a container no longer reads is dropped. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

export function openChannel(stream: Duplex, caps: FrameCaps): Channel {
  const demultiplex = createDemultiplexer();
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let decoder = createFrameDecoder(caps);
  stream.on('error', () => stream.destroy());

  function* receive(pieces: readonly AttachedPiece[]): Iterable<Received> {
    for (const { stream: source, bytes } of pieces) {
      if (source === 'stderr') yield { kind: 'printed', bytes };
      else for (const frame of decoder.push(bytes)) yield { kind: 'frame', frame };
    }
  }

  async function next(): Promise<Iterable<Received> | null> {
    try {
      const chunk = await chunks.next();
      return chunk.done === true ? null : receive(demultiplex(chunk.value));
    } catch {
      return null;
    }
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (stream.destroyed || stream.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stream.off('drain', done).off('close', done);
        resolve();
      };
      stream.on('drain', done).on('close', done);
    });
  }

  return {
    next,
    allow: (changed) => {
      decoder = createFrameDecoder(changed);
    },
    write,
    close: () => stream.destroy(),
  };
}

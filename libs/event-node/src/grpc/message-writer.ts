import type { Writable } from 'node:stream';
import { FRAME_HEADER_BYTES, frameHeader } from './message-frames.js';

/** Gathers messages into pages: a write per message would cost more than all the rest (docs/adr/0019-grpc-in-pages.md). */
export interface MessageWriter {
  /** Undefined when the receiver keeps up, else a promise of the moment when it does again (or has gone). */
  readonly write: (message: Buffer) => Promise<void> | undefined;
  /** Sends what is left and ends the stream. */
  readonly end: () => void;
  /** Lets go who waits. */
  readonly close: () => void;
}

const PAGE_BYTES = 64 * 1024;
/** What one slow receiver costs in memory. */
const MOST_IN_FLIGHT_BYTES = 4 * PAGE_BYTES;

export function createMessageWriter(stream: Writable): MessageWriter {
  let page: Buffer[] = [];
  let paged = 0;
  let inFlight = 0;
  let closed = false;
  const waiting: (() => void)[] = [];
  const goOn = (): void => waiting.splice(0).forEach((resolve) => resolve());

  const flush = (): void => {
    if (paged === 0 || closed) return;
    const bytes = Buffer.concat(page, paged);
    page = [];
    paged = 0;
    inFlight += bytes.length;
    stream.write(bytes, () => {
      inFlight -= bytes.length;
      if (inFlight <= MOST_IN_FLIGHT_BYTES / 2) goOn();
    });
  };

  return {
    write(message) {
      // What this turn still sends goes along.
      if (paged === 0) process.nextTick(flush);
      page.push(frameHeader(message.length), message);
      paged += FRAME_HEADER_BYTES + message.length;
      if (paged >= PAGE_BYTES) flush();
      if (inFlight < MOST_IN_FLIGHT_BYTES || closed) return undefined;
      return new Promise((resolve) => waiting.push(resolve));
    },
    end() {
      flush();
      stream.end();
    },
    close() {
      closed = true;
      page = [];
      goOn();
    },
  };
}

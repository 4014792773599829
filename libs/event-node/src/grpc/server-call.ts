import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { errorOf, grpcError, type GrpcError } from '../wire/grpc-errors.js';
import { createFrameReader } from './message-frames.js';
import { createMessageWriter } from './message-writer.js';

/** The sending side of a call, with the receiver's pace. */
export interface CallSink {
  /** Undefined when the receiver keeps up, else a promise of the moment when it does again (or has gone). */
  readonly send: (message: Buffer) => Promise<void> | undefined;
  readonly isOpen: () => boolean;
  /** Called once when the call is over, whoever ended it. */
  readonly onClose: (listener: () => void) => void;
  readonly end: () => void;
  readonly fail: (error: GrpcError) => void;
}

/** One call as the server has it; messages are bytes in both directions (HAZARDS E4). */
export interface ServerCall extends CallSink {
  readonly headers: IncomingHttpHeaders;
  /** Takes the messages of the request, then the end of it; what a listener throws ends the call. */
  readonly receive: (onMessage: (message: Buffer) => void, onEnd: () => void) => void;
}

const HEADERS = {
  [constants.HTTP2_HEADER_STATUS]: 200,
  [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc+proto',
};

export function serverCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  maxMessageBytes: number,
): ServerCall {
  const writer = createMessageWriter(stream);
  const listeners = [writer.close];
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    listeners.splice(0).forEach((listener) => listener());
  };
  const finish = (trailers: Readonly<Record<string, string>>): void => {
    if (!open) return;
    if (!stream.destroyed) sendTrailers(stream, trailers, writer.end);
    close();
    // What the caller still sends is dropped.
    stream.resume();
  };
  const fail = (error: GrpcError): void => finish(trailersOf(error));
  stream.on('close', close);
  stream.on('error', close);
  listeners.push(watchDeadline(headers, fail));

  return {
    headers,
    send(message) {
      if (!open || stream.destroyed) return undefined;
      if (!stream.headersSent) stream.respond(HEADERS, { waitForTrailers: true });
      return writer.write(message);
    },
    isOpen: () => open && !stream.destroyed,
    onClose: (listener) => listeners.push(listener),
    end: () => finish(OK),
    fail,
    receive(onMessage, onEnd) {
      const guarded = <T extends unknown[]>(listener: (...given: T) => void) => {
        return (...given: T): void => {
          try {
            if (open) listener(...given);
          } catch (error) {
            fail(errorOf(error));
          }
        };
      };
      stream.on('data', guarded(createFrameReader(maxMessageBytes, onMessage)));
      stream.on('end', guarded(onEnd));
    },
  };
}

const OK = { 'grpc-status': String(status.OK) };

const trailersOf = ({ code, details, trailers }: GrpcError): Readonly<Record<string, string>> => ({
  ...trailers,
  'grpc-status': String(code),
  'grpc-message': encodeURI(details.toWellFormed()),
});

function sendTrailers(
  stream: ServerHttp2Stream,
  trailers: Readonly<Record<string, string>>,
  end: () => void,
): void {
  if (!stream.headersSent) {
    stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
    return;
  }
  stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  end();
}

const UNITS_MS = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 } as const;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const TOO_LATE = grpcError(status.DEADLINE_EXCEEDED, 'The deadline of the call has passed.');

/** `grpc-timeout` of the caller; returns the way to forget it. */
function watchDeadline(headers: IncomingHttpHeaders, fail: (error: GrpcError) => void): () => void {
  const [, count, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(headers['grpc-timeout'] ?? '')) ?? [];
  if (count === undefined) return () => undefined;
  const ms = Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  const timer = setTimeout(() => fail(TOO_LATE), Math.min(ms, LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
}

import { once } from 'node:events';
import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { status } from '@grpc/grpc-js';
import { grpcError } from '../wire/grpc-errors.js';
import { type KeepAlive, keepAlive } from './keep-alive.js';
import { type ServerCall, serverCall } from './server-call.js';

/** Serves one call; it has to end or fail it. */
export type Handler = (call: ServerCall) => void;

/** By method path, `/package.Service/Method`. */
export type Handlers = ReadonlyMap<string, Handler>;

export interface GrpcServerOptions {
  readonly handlers: Handlers;
  readonly maxMessageBytes: number;
  readonly keepAlive: KeepAlive;
  readonly tls?: Pick<SecureServerOptions, 'key' | 'cert'> | undefined;
}

export interface GrpcServer {
  /** Resolves to the port; rejects with the system's error. */
  readonly listen: (host: string, port: number) => Promise<number>;
  /** Takes no more calls, waits for those that are open, and cuts them off after `graceMs`. */
  readonly stop: (graceMs: number) => Promise<void>;
}

const WINDOW_BYTES = 1024 * 1024;
const HTTP2: ServerOptions = {
  settings: { initialWindowSize: WINDOW_BYTES },
  // Streams keep to their own limits; many on one connection are no reason to refuse the next.
  maxSessionMemory: Number.MAX_SAFE_INTEGER,
};

/**
 * gRPC over HTTP/2 as far as this protocol needs it: messages as bytes, gathered into pages, deadlines, keep-alive, TLS.
 * No compression, which no client asks for unless told to (docs/adr/0019-grpc-in-pages.md).
 */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { tls } = options;
  const server: Http2Server =
    tls === undefined ? createServer(HTTP2) : createSecureServer({ ...HTTP2, ...tls });
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    session.setLocalWindowSize(WINDOW_BYTES);
    keepAlive(session, options.keepAlive);
  });
  server.on('stream', (stream, headers) => serve(options, stream, headers));
  return {
    async listen(host, port) {
      server.listen(port, host);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    async stop(graceMs) {
      const closed = new Promise((resolve) => server.close(resolve));
      sessions.forEach((session) => session.close());
      const cut = setTimeout(() => sessions.forEach((session) => session.destroy()), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function serve(
  { handlers, maxMessageBytes }: GrpcServerOptions,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): void {
  if (headers['content-type']?.startsWith('application/grpc') !== true) {
    stream.on('error', () => undefined);
    stream.respond({ [constants.HTTP2_HEADER_STATUS]: 415 }, { endStream: true });
    return;
  }
  const call = serverCall(stream, headers, maxMessageBytes);
  const path = String(headers[constants.HTTP2_HEADER_PATH]);
  const handler = handlers.get(path);
  if (handler === undefined)
    call.fail(grpcError(status.UNIMPLEMENTED, `This event node has no method ${path}.`));
  else handler(call);
}

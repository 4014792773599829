import type { AddressInfo } from 'node:net';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';

/** For `localhost` and 127.0.0.1, good for a hundred years, known to nobody but specs. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBoDCCAUWgAwIBAgIUUcu26JW3xQwozBl0ghdM8K1fYoAwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLc3RlbW1hIHRlc3QwIBcNMjYxMTIxMDUyNDA3WhgPMjEyNjEw
MjgwNTI0MDdaMBYxFDASBgNVBAMMC3N0ZW1tYSB0ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEInbWuk3yyY6R6dLdBMzgqlBvJZbXMh4PMJerQb4tNrlKRdO/
lcdS8aCwRJ10RZV/drPaMVhCPL+Cz0qIPS9llaNvMG0wHQYDVR0OBBYEFI+WRiPr
oRxE1x2L8OP3CSoOgVzDMB8GA1UdIwQYMBaAFI+WRiProRxE1x2L8OP3CSoOgVzD
MA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoG
CCqGSM49BAMCA0kAMEYCIQCL/9o7ZwgWU7D0e3Fs3VcSuLsE9xNQzLGl+oVoNAm2
zAIhAKMfZC6a4hEC69MyU0nohk/qSZScoAEDt7wFIq53rsCP
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgoDfyJ3TtkFziGjAk
f1xDGA1rtaZjgJTAS23OFX0h6G+hRANCAAQidta6TfLJjpHp0t0EzOCqUG8lltcy
Hg8wl6tBvi02uUpF07+Vx1LxoLBEnXRFlX92s9oxWEI8v4LPSog9L2WV
-----END PRIVATE KEY-----`;

/** What a server in production adds: TLS, and credentials for everything but the first questions of a client. */
export interface SecureFront {
  readonly port: number;
  /** The gRPC methods that were called with the right credentials. */
  readonly admitted: readonly string[];
  readonly close: () => Promise<void>;
}

const OPEN_TO_ALL = /ServerFeatures|Gossip/;

export async function startSecureFront(
  target: number,
  credentials: { readonly username: string; readonly password: string },
): Promise<SecureFront> {
  const wanted = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const admitted: string[] = [];
  let session: ClientHttp2Session | undefined;
  /** The node behind may have been away. */
  const behind = (): ClientHttp2Session => {
    if (session !== undefined && !session.destroyed && !session.closed) return session;
    session = connect(`http://127.0.0.1:${target}`);
    session.on('error', () => undefined);
    return session;
  };
  const server = createSecureServer({ key: KEY, cert: CERTIFICATE });
  server.on('session', (session) => session.on('error', () => undefined));
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path']);
    stream.on('error', () => undefined);
    if (OPEN_TO_ALL.test(path)) return forward(behind(), stream, headers);
    if (headers.authorization !== wanted) return refuse(stream);
    admitted.push(path.slice(path.lastIndexOf('/') + 1));
    forward(behind(), stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    admitted,
    close: async () => {
      session?.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function refuse(stream: ServerHttp2Stream): void {
  const unauthenticated = { 'grpc-status': '16', 'grpc-message': 'who are you?' };
  stream.respond({ 'content-type': 'application/grpc', ...unauthenticated }, { endStream: true });
}

function forward(behind: ClientHttp2Session, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const call = behind.request(headers);
  // The trailers may be told after the end of the data, and not at all when there were no data.
  const trailers = new Promise<IncomingHttpHeaders>((resolve) => {
    call.on('trailers', resolve);
    call.on('close', () => resolve({}));
  });
  call.on('error', () => stream.destroy());
  call.on('response', (response, flags) => {
    const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(response, isAll ? { endStream: true } : { waitForTrailers: true });
    call.pipe(stream);
  });
  stream.on('wantTrailers', () => {
    void trailers.then((seen) => stream.sendTrailers(seen));
  });
  stream.on('close', () => call.destroy());
  stream.pipe(call);
}

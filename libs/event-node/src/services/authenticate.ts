import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { status } from '@grpc/grpc-js';
import type { Handler } from '../grpc/grpc-server.js';
import { grpcError, type GrpcError } from '../wire/grpc-errors.js';

/** User names and their passwords. */
export type Users = Readonly<Record<string, string>>;

/** The error for a call whose credentials do not hold; undefined when it may go on. */
export type Authenticate = (headers: IncomingHttpHeaders) => GrpcError | undefined;

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** HTTP Basic, as the client sends it over TLS. Without users everyone may do everything. */
export function createAuthenticate(users: Users | undefined): Authenticate {
  if (users === undefined) return () => undefined;
  const accepted = Object.entries(users).map(([name, password]) => digest(`${name}:${password}`));
  return (headers) => {
    const given = digest(basicCredentials(headers));
    const known = accepted.filter((each) => timingSafeEqual(each, given)).length > 0;
    return known ? undefined : DENIED;
  };
}

const DENIED = grpcError(
  status.UNAUTHENTICATED,
  'This event node wants the credentials of one of its users: put them into the connection string.',
);

function basicCredentials({ authorization = '' }: IncomingHttpHeaders): string {
  const [scheme = '', encoded = ''] = authorization.split(' ');
  return scheme.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64').toString('utf8') : '';
}

/** Puts the check before a call. */
export const guarded =
  (authenticate: Authenticate, serve: Handler): Handler =>
  (call) => {
    const denied = authenticate(call.headers);
    if (denied === undefined) serve(call);
    else call.fail(denied);
  };

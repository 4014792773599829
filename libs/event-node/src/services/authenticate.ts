import { hash, timingSafeEqual } from 'node:crypto';
import {
  type Metadata,
  type MethodDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { grpcError, type GrpcError } from '../wire/grpc-errors.js';

/** User names and their passwords. */
export type Users = Readonly<Record<string, string>>;

/** The error for a call whose credentials do not hold; undefined when it may go on. */
export type Authenticate = (metadata: Metadata) => GrpcError | undefined;

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** HTTP Basic, as the client sends it over TLS. Without users everyone may do everything. */
export function createAuthenticate(users: Users | undefined): Authenticate {
  if (users === undefined) return () => undefined;
  const accepted = Object.entries(users).map(([name, password]) => digest(`${name}:${password}`));
  return (metadata) => {
    const given = digest(basicCredentials(metadata));
    const known = accepted.filter((each) => timingSafeEqual(each, given)).length > 0;
    return known ? undefined : DENIED;
  };
}

const DENIED = grpcError(
  status.UNAUTHENTICATED,
  'This event node wants the credentials of one of its users: put them into the connection string.',
);

function basicCredentials(metadata: Metadata): string {
  const [header] = metadata.get('authorization');
  const [scheme = '', encoded = ''] = String(header ?? '').split(' ');
  return scheme.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64').toString('utf8') : '';
}

interface IncomingCall {
  readonly metadata: Metadata;
  readonly emit: (event: 'error', error: GrpcError) => boolean;
}
type Callback = (error: GrpcError) => void;
type Handler = (call: IncomingCall, callback: Callback) => void;

/** Puts the check before every call of a service. */
export function guarded(
  authenticate: Authenticate,
  methods: Readonly<Record<string, Pick<MethodDefinition<unknown, unknown>, 'responseStream'>>>,
  implementation: UntypedServiceImplementation,
): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(implementation).map(([name, handler]) => {
      const serve = handler as unknown as Handler;
      const streams = methods[name]?.responseStream === true;
      const checked: Handler = (call, callback) => {
        const denied = authenticate(call.metadata);
        if (denied === undefined) serve(call, callback);
        else if (streams) call.emit('error', denied);
        else callback(denied);
      };
      return [name, checked as UntypedServiceImplementation[string]];
    }),
  );
}

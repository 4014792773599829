import { errorOf } from '../wire/grpc-errors.js';
import { MalformedMessage } from '../wire/read-fields.js';
import type { Handler } from './grpc-server.js';
import type { ServerCall } from './server-call.js';

/** Decodes with the client package's own stubs; what they cannot read is {@link MalformedMessage}. */
function decodeWith<T>({ requestDeserialize }: Decoder<T>, bytes: Buffer): T {
  try {
    return requestDeserialize(bytes);
  } catch {
    throw new MalformedMessage();
  }
}

export interface Decoder<T> {
  readonly requestDeserialize: (bytes: Buffer) => T;
}

/** Takes the one message of a request when it is complete. */
export function onRequest<T>(call: ServerCall, decoder: Decoder<T>, take: (request: T) => void): void {
  let bytes: Buffer | undefined;
  call.receive(
    (message) => {
      bytes = message;
    },
    () => {
      if (bytes === undefined) throw new MalformedMessage();
      take(decodeWith(decoder, bytes));
    },
  );
}

/** A method with one message each way. */
export const unary =
  <T>(decoder: Decoder<T>, answer: (request: T, call: ServerCall) => Promise<Buffer> | Buffer): Handler =>
  (call) => {
    const serve = async (request: T): Promise<void> => {
      void call.send(await answer(request, call));
      call.end();
    };
    onRequest(call, decoder, (request) => {
      serve(request).catch((error: unknown) => call.fail(errorOf(error)));
    });
  };

import { convertToCommandError, EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type AppendAnswer, decodeAppendAnswer, refusalOf, type Stored } from './append-answer.js';
import { type BytesAppend, correlationOf, encodeAppend } from './append-message.js';

/** A call that carries appends, many at a time. */
export type AppendCall = ClientDuplexStream<Buffer, AppendAnswer>;

interface Waiting {
  readonly append: BytesAppend;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: unknown) => void;
}

/** The appends of one call that are not answered, and why it will answer none. */
interface Conversation {
  readonly waiting: Map<number, Waiting>;
  count: number;
  failure: Error | undefined;
}

const conversations = new WeakMap<AppendCall, Conversation>();
const current = new WeakMap<StreamsClient, AppendCall | Promise<AppendCall>>();

/** One more command of the client, on its own channel with its discovery, TLS and credentials. */
class AppendCalls extends EventStoreDBClient {
  static open(client: EventStoreDBClient, kept?: typeof current): Promise<AppendCall> {
    const self: AppendCalls = client;
    const open = (stub: StreamsClient): AppendCall => {
      const [metadata, options] = self.callArguments({}, { deadline: Infinity });
      const { path } = StreamsService.batchAppend;
      return listening(stub.makeBidiStreamRequest(path, asIs, decodeAppendAnswer, metadata, options));
    };
    return self.GRPCStreamCreator(StreamsClient, 'append', open, kept)();
  }
}

const asIs = (bytes: Buffer): Buffer => bytes;

function listening(call: AppendCall): AppendCall {
  const conversation: Conversation = { waiting: new Map(), count: 0, failure: undefined };
  conversations.set(call, conversation);
  const fail = (error: Error): void => {
    conversation.failure ??= error;
    for (const { reject } of conversation.waiting.values()) reject(conversation.failure);
    conversation.waiting.clear();
  };
  call.on('data', ({ correlation, stored, bytes }: AppendAnswer) => {
    const found = conversation.waiting.get(correlation);
    if (found === undefined) return;
    conversation.waiting.delete(correlation);
    if (stored === undefined) found.reject(refusalOf(bytes, found.append));
    else found.resolve(stored);
  });
  call.on('error', (error) => fail(convertToCommandError(error)));
  call.on('end', () => fail(new Error('The server ended the call.')));
  return call;
}

/** A call of its own, for who wants the order kept over many appends, and ends it himself. */
export const openAppendCall = (client: EventStoreDBClient): Promise<AppendCall> => AppendCalls.open(client);

/**
 * Sends an append over `call`. Rejects with `RevisionConflict`, `StreamDeleted` or `AppendTooLarge` when the server says so
 * of this very append; any other error leaves its outcome unknown.
 */
export function sendOver(call: AppendCall, append: BytesAppend): Promise<Stored> {
  return new Promise((resolve, reject) => {
    const conversation = conversations.get(call);
    if (conversation === undefined || conversation.failure !== undefined) {
      reject(conversation?.failure ?? new TypeError('This call carries no appends.'));
      return;
    }
    conversation.count += 1;
    conversation.waiting.set(conversation.count, { append, resolve, reject });
    call.write(encodeAppend(correlationOf(conversation.count), append));
  });
}

/** Sends an append over the call that the client has open for them, or a new one. */
export async function sendAppend(client: EventStoreDBClient, append: BytesAppend): Promise<Stored> {
  return sendOver(await AppendCalls.open(client, current), append);
}

import { convertToCommandError, EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '../errors.js';
import { answerOf, type BytesAppend, correlationOf, requestOf } from './append-bytes.js';

/** Appends of bytes on one call of their own, stored in the order in which they were given. */
export interface RawAppends {
  /**
   * Sends when there is room, and resolves when the append is stored, to its last revision. Rejects with
   * `RevisionConflict`, `StreamDeleted`, `AppendTooLarge`, and `StoreUnavailable` when the outcome is unknown.
   */
  readonly append: (append: BytesAppend) => Promise<bigint>;
  /** Resolves when there is room for another append: the pace of who sends without waiting for each answer. */
  readonly room: () => Promise<void>;
  /** Waits until all are answered. */
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

type Call = ClientDuplexStream<BatchAppendReq, BatchAppendResp>;

/** One more command of the client, on its own channel with its discovery, TLS and credentials. */
class RawAppendCall extends EventStoreDBClient {
  static open(client: EventStoreDBClient): Promise<Call> {
    const self: RawAppendCall = client;
    const open = self.GRPCStreamCreator(StreamsClient, 'appendRaw', (stub) => {
      const [metadata, options] = self.callArguments({}, { deadline: Infinity });
      const { path, requestSerialize, responseDeserialize } = StreamsService.batchAppend;
      return stub.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options);
    });
    return open();
  }
}

/** What may be under way: enough to keep the server busy, little enough for its memory and ours. */
const MOST_APPENDS = 256;
const MOST_BYTES = 4 * 1024 * 1024;

interface Waiting {
  readonly append: BytesAppend;
  readonly size: number;
  readonly resolve: (revision: bigint) => void;
  readonly reject: (error: unknown) => void;
}

export async function openRawAppends(client: EventStoreDBClient): Promise<RawAppends> {
  const call = await RawAppendCall.open(client);
  const waiting = new Map<string, Waiting>();
  let bytes = 0;
  let failure: Error | undefined;
  let wake: (() => void)[] = [];

  const changed = (): void => {
    const woken = wake;
    wake = [];
    for (const each of woken) each();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (failure === undefined && !holds()) await new Promise<void>((resolve) => wake.push(resolve));
    if (failure !== undefined) throw failure;
  };
  const fail = (error: unknown): void => {
    failure ??= new StoreUnavailable('copying, outcome of the last appends unknown', error);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
    changed();
  };
  const answer = (response: BatchAppendResp): void => {
    const key = correlationOf(response);
    const found = waiting.get(key);
    if (found === undefined) return;
    waiting.delete(key);
    bytes -= found.size;
    const told = answerOf(response, found.append);
    if (typeof told === 'bigint') found.resolve(told);
    else found.reject(told);
    changed();
  };

  call.on('data', answer);
  call.on('error', (error) => fail(convertToCommandError(error)));
  call.on('end', () => fail(new Error('The server ended the call.')));
  return {
    append: (append) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        const correlation = randomUUID();
        const size = append.events.reduce(
          (sum, { data, metadata }) => sum + data.length + metadata.length,
          0,
        );
        waiting.set(correlation, { append, size, resolve, reject });
        bytes += size;
        call.write(requestOf(correlation, append));
      }),
    room: () => until(() => waiting.size < MOST_APPENDS && bytes < MOST_BYTES),
    settled: () => until(() => waiting.size === 0),
    close: () => {
      call.removeAllListeners('end');
      call.cancel();
    },
  };
}

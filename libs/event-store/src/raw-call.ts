import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { decodeRecord, type RawEvent } from './decode-record.js';

/** One message of a raw read: how many bytes it had, and its event if it held one. */
export interface RawMessage {
  readonly size: number;
  readonly event: RawEvent | undefined;
}

export type RawCall = ClientReadableStream<RawMessage>;

/**
 * Reads `$all` forwards on the client's own channel, so with its discovery, TLS and credentials, but hands over bytes
 * (HAZARDS H12). What the client offers to its own commands is protected: this is one more of them.
 */
export class RawReads extends EventStoreDBClient {
  static open(client: EventStoreDBClient, from: bigint | undefined, count: number): Promise<RawCall> {
    const self: RawReads = client;
    const request = requestOf(from, count);
    const open = self.GRPCStreamCreator(StreamsClient, 'readAllRaw', (stub) => {
      const [metadata, options] = self.callArguments({}, { deadline: Infinity });
      const { path, requestSerialize } = StreamsService.read;
      return stub.makeServerStreamRequest(path, requestSerialize, messageOf, request, metadata, options);
    });
    return open();
  }
}

const messageOf = (bytes: Buffer): RawMessage => ({ size: bytes.length, event: decodeRecord(bytes) });

function requestOf(from: bigint | undefined, count: number) {
  const { ReadReq } = streams;
  const all = new ReadReq.Options.AllOptions();
  if (from === undefined) all.setStart(new shared.Empty());
  else {
    const position = new ReadReq.Options.Position();
    position.setCommitPosition(String(from));
    position.setPreparePosition(String(from));
    all.setPosition(position);
  }
  const uuids = new ReadReq.Options.UUIDOption();
  uuids.setString(new shared.Empty());
  const options = new ReadReq.Options();
  options.setAll(all);
  options.setReadDirection(ReadReq.Options.ReadDirection.FORWARDS);
  options.setResolveLinks(false);
  options.setCount(String(count));
  options.setUuidOption(uuids);
  options.setNoFilter(new shared.Empty());
  const request = new ReadReq();
  request.setOptions(options);
  return request;
}

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

/** What one call asks for. */
export interface RawPage {
  /** Inclusive; the start of the log when absent. */
  readonly from: bigint | undefined;
  readonly count: number;
  /** Only events whose type begins with one of these, chosen by the server. */
  readonly types: readonly string[] | undefined;
}

/**
 * Reads `$all` forwards on the client's own channel, so with its discovery, TLS and credentials, but hands over bytes
 * (HAZARDS H12). What the client offers to its own commands is protected: this is one more of them.
 */
export class RawReads extends EventStoreDBClient {
  static open(client: EventStoreDBClient, page: RawPage): Promise<RawCall> {
    const self: RawReads = client;
    const request = requestOf(page);
    const open = self.GRPCStreamCreator(StreamsClient, 'readAllRaw', (stub) => {
      const [metadata, options] = self.callArguments({}, { deadline: Infinity });
      const { path, requestSerialize } = StreamsService.read;
      return stub.makeServerStreamRequest(path, requestSerialize, messageOf, request, metadata, options);
    });
    return open();
  }
}

const messageOf = (bytes: Buffer): RawMessage => ({ size: bytes.length, event: decodeRecord(bytes) });

function requestOf({ from, count, types }: RawPage) {
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
  if (types === undefined) options.setNoFilter(new shared.Empty());
  else options.setFilter(filterOf(types));
  const request = new ReadReq();
  request.setOptions(options);
  return request;
}

function filterOf(types: readonly string[]) {
  const { FilterOptions } = streams.ReadReq.Options;
  const expression = new FilterOptions.Expression();
  expression.setPrefixList([...types]);
  const filter = new FilterOptions();
  filter.setEventType(expression);
  filter.setMax(SEARCH_WINDOW);
  filter.setCheckpointintervalmultiplier(1);
  return filter;
}

/** Records that the server may look at before it says how far it is. */
const SEARCH_WINDOW = 500;

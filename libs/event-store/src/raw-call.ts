import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { decodeRecord, isCaughtUp, type RawEvent } from './decode-record.js';

/** One message of a raw call: how many bytes it had, and its event if it held one. */
export interface RawMessage {
  readonly size: number;
  readonly event: RawEvent | undefined;
  /** Whether it says that everything there was came before it. */
  readonly isCaughtUp: boolean;
}

export type RawCall = ClientReadableStream<RawMessage>;

/** What one call asks for. */
export interface RawPage {
  readonly direction: 'forwards' | 'backwards';
  /** Inclusive; the start (forwards) or the end (backwards) when absent. */
  readonly from: bigint | undefined;
  readonly count: number;
  /** Only events whose type begins with one of these, chosen by the server. */
  readonly types: readonly string[] | undefined;
}

/** What one call on one stream asks for. */
export interface RawPart {
  readonly stream: string;
  readonly direction: 'forwards' | 'backwards';
  /** Inclusive; the start (forwards) or the end (backwards) when absent. */
  readonly from: bigint | undefined;
  readonly count: number;
}

/** What one subscription asks for. */
export interface RawNews {
  /** Exclusive; the start of the log when absent. */
  readonly after: bigint | undefined;
  /** Only streams whose name begins with one of these; all but the server's own events when absent. */
  readonly streamPrefixes: readonly string[] | undefined;
}

type Options = InstanceType<typeof streams.ReadReq.Options>;

/**
 * Reads `$all` and streams on the client's own channel, so with its discovery, TLS and credentials, but hands over bytes
 * (HAZARDS H12). What the client offers to its own commands is protected: this is one more of them.
 */
export class RawReads extends EventStoreDBClient {
  static open(client: EventStoreDBClient, { direction, from, count, types }: RawPage): Promise<RawCall> {
    const options = optionsFrom(from, direction);
    options.setCount(String(count));
    if (types === undefined) options.setNoFilter(new shared.Empty());
    else options.setFilter(typesFilter(types));
    return RawReads.begin(client, options);
  }

  /** A stream that does not exist answers with a message that has no event, and ends. */
  static openStream(client: EventStoreDBClient, part: RawPart): Promise<RawCall> {
    const options = readingOptions();
    options.setStream(streamOptions(part));
    options.setReadDirection(directionOf(part));
    options.setCount(String(part.count));
    options.setNoFilter(new shared.Empty());
    return RawReads.begin(client, options);
  }

  /** Its messages come in their order, so what says "caught up" never overtakes an event (HAZARDS H2). */
  static subscribe(client: EventStoreDBClient, { after, streamPrefixes }: RawNews): Promise<RawCall> {
    const options = optionsFrom(after, 'forwards');
    options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
    options.setFilter(newsFilter(streamPrefixes));
    return RawReads.begin(client, options);
  }

  private static begin(client: EventStoreDBClient, wanted: Options): Promise<RawCall> {
    const self: RawReads = client;
    const request = new streams.ReadReq();
    request.setOptions(wanted);
    const open = self.GRPCStreamCreator(StreamsClient, 'readRaw', (stub) => {
      const [metadata, options] = self.callArguments({}, { deadline: Infinity });
      const { path, requestSerialize } = StreamsService.read;
      return stub.makeServerStreamRequest(path, requestSerialize, messageOf, request, metadata, options);
    });
    return open();
  }
}

const messageOf = (bytes: Buffer): RawMessage => {
  const event = decodeRecord(bytes);
  return { size: bytes.length, event, isCaughtUp: event === undefined && isCaughtUp(bytes) };
};

const { FilterOptions, StreamOptions, ReadDirection } = streams.ReadReq.Options;

const directionOf = ({ direction }: Pick<RawPage, 'direction'>) =>
  direction === 'forwards' ? ReadDirection.FORWARDS : ReadDirection.BACKWARDS;

function streamOptions({ stream, direction, from }: RawPart): InstanceType<typeof StreamOptions> {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  const options = new StreamOptions();
  options.setStreamIdentifier(identifier);
  if (from !== undefined) options.setRevision(String(from));
  else if (direction === 'forwards') options.setStart(new shared.Empty());
  else options.setEnd(new shared.Empty());
  return options;
}

function optionsFrom(place: bigint | undefined, direction: RawPage['direction']): Options {
  const { ReadReq } = streams;
  const all = new ReadReq.Options.AllOptions();
  if (place !== undefined) {
    const position = new ReadReq.Options.Position();
    position.setCommitPosition(String(place));
    position.setPreparePosition(String(place));
    all.setPosition(position);
  } else if (direction === 'forwards') all.setStart(new shared.Empty());
  else all.setEnd(new shared.Empty());
  const options = readingOptions();
  options.setAll(all);
  options.setReadDirection(directionOf({ direction }));
  return options;
}

function readingOptions(): Options {
  const uuids = new streams.ReadReq.Options.UUIDOption();
  uuids.setString(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setResolveLinks(false);
  options.setUuidOption(uuids);
  return options;
}

function typesFilter(types: readonly string[]) {
  const expression = new FilterOptions.Expression();
  expression.setPrefixList([...types]);
  const filter = new FilterOptions();
  filter.setEventType(expression);
  filter.setMax(SEARCH_WINDOW);
  filter.setCheckpointintervalmultiplier(1);
  return filter;
}

/** Server checkpoints are not used (HAZARDS H3): let it send few. */
const FEW_CHECKPOINTS = 1_000;

function newsFilter(streamPrefixes: readonly string[] | undefined) {
  const expression = new FilterOptions.Expression();
  const filter = new FilterOptions();
  if (streamPrefixes === undefined) {
    expression.setRegex('^[^\\$].*');
    filter.setEventType(expression);
  } else {
    expression.setPrefixList([...streamPrefixes]);
    filter.setStreamIdentifier(expression);
  }
  filter.setCount(new shared.Empty());
  filter.setCheckpointintervalmultiplier(FEW_CHECKPOINTS);
  return filter;
}

/** Records that the server may look at before it says how far it is. */
const SEARCH_WINDOW = 500;

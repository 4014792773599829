import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Client, credentials } from '@grpc/grpc-js';
import { connect } from 'node:http2';
import { launchNode, type LaunchedNode } from './launch-node.js';

/** One subscriber for each stream; one more follows `$all` and does not read. */
const STREAMS = 49;
const BATCH = 500;
const LANES = 4;
const SAMPLE_MS = 200;

const streamName = (n: number): string => `filled-${n}`;

/**
 * Appends `events` small events through the client while 50 subscribers are connected, one of which never reads, and
 * watches the node's memory: at a fifth of the way, at the end, and at the highest.
 */
export async function memoryUnderSubscribers(
  dir: string,
  events: number,
  profileTo?: string,
): Promise<Readonly<Record<string, number>>> {
  const node = await launchNode('node', ['--dir', dir], profileTo);
  const client = EventStoreDBClient.connectionString(node.url);
  const readers = new Client(new URL(node.url.replace('esdb', 'http')).host, credentials.createInsecure());
  const slow = subscribeAndStall(node);
  const received = subscribeAll(readers);
  const memory = watchMemory(node);
  const idleMb = node.memoryMb();
  const began = performance.now();
  try {
    await append(client, 0, events / 5);
    const memoryAtFifthMb = node.memoryMb();
    await append(client, events / 5, events);
    while (received.count < events) await new Promise((resolve) => setTimeout(resolve, 20));
    const perS = events / ((performance.now() - began) / 1_000);
    const memoryAtEndMb = node.memoryMb();
    return { idleMb, memoryAtFifthMb, memoryAtEndMb, peakMb: memory.peak(), deliveredPerS: perS };
  } finally {
    memory.stop();
    slow.destroy();
    readers.close();
    await Promise.race([client.dispose(), new Promise((resolve) => setTimeout(resolve, 1_000))]);
    await node.stop();
  }
}

async function append(client: EventStoreDBClient, from: number, to: number): Promise<void> {
  let next = Math.ceil(from / BATCH);
  const lane = async (): Promise<void> => {
    while (next * BATCH < to) {
      const batch = Array.from({ length: BATCH }, (_, n) => jsonEvent({ type: 'Filled', data: { n } }));
      await client.appendToStream(streamName(next++ % STREAMS), batch);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function watchMemory(node: LaunchedNode): { readonly peak: () => number; readonly stop: () => void } {
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, node.memoryMb());
  }, SAMPLE_MS);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}

const asIs = (bytes: Buffer): Buffer => bytes;
const subscription = () =>
  new streams.ReadReq.Options()
    .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
    .setReadDirection(streams.ReadReq.Options.ReadDirection.FORWARDS)
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()))
    .setNoFilter(new shared.Empty());

/** The field of a message that holds an event, as its first byte says. */
const EVENT_TAG = 0x0a;

function subscribeAll(client: Client): { readonly count: number } {
  const received = { count: 0 };
  const { path, requestSerialize } = StreamsService.read;
  for (let n = 0; n < STREAMS; n += 1) {
    const identifier = new shared.StreamIdentifier().setStreamName(
      Buffer.from(streamName(n)).toString('base64'),
    );
    const stream = new streams.ReadReq.Options.StreamOptions()
      .setStreamIdentifier(identifier)
      .setStart(new shared.Empty());
    const request = new streams.ReadReq().setOptions(subscription().setStream(stream));
    const call = client.makeServerStreamRequest(path, requestSerialize, asIs, request);
    call.on('error', () => undefined);
    call.on('data', (message: Buffer) => {
      if (message[0] === EVENT_TAG) received.count += 1;
    });
  }
  return received;
}

/** Follows `$all` over a connection of its own and takes nothing. */
function subscribeAndStall({ url }: LaunchedNode) {
  const all = new streams.ReadReq.Options.AllOptions().setStart(new shared.Empty());
  const request = new streams.ReadReq().setOptions(subscription().setAll(all)).serializeBinary();
  const header = Buffer.alloc(5);
  header.writeUInt32BE(request.length, 1);
  const session = connect(new URL(url.replace('esdb', 'http')).origin);
  session.on('error', () => undefined);
  const call = session.request({
    ':method': 'POST',
    ':path': StreamsService.read.path,
    'content-type': 'application/grpc',
  });
  call.on('error', () => undefined);
  call.end(Buffer.concat([header, request]));
  return session;
}

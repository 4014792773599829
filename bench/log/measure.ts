import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Client, credentials } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { closedLoop, openLoop } from '../load.js';

const KILOBYTE = 'x'.repeat(1_000);
const event = () => jsonEvent({ id: randomUUID(), type: 'Measured', data: { text: KILOBYTE } });

export interface Appending {
  readonly lanes: number;
  readonly seconds: number;
  /** Events of one append. */
  readonly size?: number;
}

/** Appends per second through the client: 1 KB events, a stream for each lane. */
export function appendsPerSecond(
  client: EventStoreDBClient,
  { lanes, seconds, size = 1 }: Appending,
): Promise<number> {
  const run = randomUUID();
  return closedLoop({ lanes, seconds }, async (lane) => {
    await client.appendToStream(`bench-${run}-${lane}`, Array.from({ length: size }, event));
  });
}

/** Events per second of calls that read `count` messages of `$all` each, one after the other, as bytes that nobody decodes. */
export async function rawReadPerSecond(url: string, count: number, seconds: number): Promise<number> {
  const client = new Client(new URL(url.replace('esdb', 'http')).host, credentials.createInsecure());
  const { path, requestSerialize } = StreamsService.read;
  const asIs = (bytes: Buffer): Buffer => bytes;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1_000;
  let seen = 0;
  do {
    for await (const _ of client.makeServerStreamRequest(path, requestSerialize, asIs, readRequest(count)))
      seen += 1;
  } while (elapsed() < seconds);
  client.close();
  return seen / elapsed();
}

function readRequest(count: number) {
  const all = new streams.ReadReq.Options.AllOptions().setStart(new shared.Empty());
  const options = new streams.ReadReq.Options()
    .setAll(all)
    .setReadDirection(streams.ReadReq.Options.ReadDirection.FORWARDS)
    .setCount(String(count))
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()))
    .setNoFilter(new shared.Empty());
  return new streams.ReadReq().setOptions(options);
}

/** Events per second of a subscription to `$all` from the start, over its first `count`. */
export async function catchUpPerSecond(client: EventStoreDBClient, count: number): Promise<number> {
  const started = performance.now();
  let seen = 0;
  const subscription = client.subscribeToAll({ fromPosition: 'start' });
  for await (const _ of subscription) {
    seen += 1;
    if (seen === count) break;
  }
  return seen / ((performance.now() - started) / 1_000);
}

const PER_SECOND = 200;

/** Milliseconds from each append to its arrival at a subscriber, at 200 appends a second. */
export async function liveMs(client: EventStoreDBClient, seconds: number): Promise<number[]> {
  const run = `live-${randomUUID()}`;
  const sent = new Map<string, number>();
  const took: number[] = [];
  const subscription = client.subscribeToStream(run);
  const confirmed = new Promise((resolve) => subscription.once('confirmation', resolve));
  subscription.on('data', ({ event: arrived }) => {
    const at = sent.get(arrived?.id ?? '');
    if (at !== undefined) took.push(performance.now() - at);
  });
  await confirmed;
  await openLoop({ perSecond: PER_SECOND, seconds }, async () => {
    const each = event();
    sent.set(each.id, performance.now());
    await client.appendToStream(run, each);
  });
  while (took.length < sent.size) await new Promise((resolve) => setTimeout(resolve, 5));
  await subscription.unsubscribe();
  return took;
}

/**
 * A gRPC server that speaks as much of the event node's protocol as the bench asks for, and does nothing: an append is
 * answered at once, a read with one message over and over, from memory, through the node's own gRPC. What gRPC and the
 * client cost without a log.
 */
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { createGrpcServer, type Handler } from '@stemma/event-node/grpc';

/** BatchAppendResp.success: revision 0 at position 1. */
const SUCCESS = Buffer.from([0x1a, 0x08, 0x08, 0x00, 0x1a, 0x04, 0x08, 0x01, 0x10, 0x01]);

/** The first field of the request is the correlation id, of less than 128 bytes: the answer begins with it. */
const batchAppend: Handler = (call) => {
  call.receive(
    (bytes) => void call.send(Buffer.concat([bytes.subarray(0, 2 + (bytes[1] ?? 0)), SUCCESS])),
    () => call.end(),
  );
};

function message(): Buffer {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString('0192f3a4-0000-5000-8000-00000000000a'))
    .setStreamIdentifier(
      new shared.StreamIdentifier().setStreamName(Buffer.from('bench-1').toString('base64')),
    )
    .setStreamRevision('1')
    .setPreparePosition('1000000')
    .setCommitPosition('1000000')
    .setData(Buffer.from(JSON.stringify({ text: 'x'.repeat(1_000) })));
  recorded
    .getMetadataMap()
    .set('type', 'Measured')
    .set('content-type', 'application/json')
    .set('created', '17000000000000000');
  const event = new streams.ReadResp.ReadEvent().setEvent(recorded).setCommitPosition('1000000');
  return Buffer.from(new streams.ReadResp().setEvent(event).serializeBinary());
}

const MESSAGE = message();

const read: Handler = (call) => {
  const send = async (count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 1) {
      const pressure = call.send(MESSAGE);
      if (pressure !== undefined) await pressure;
    }
    call.end();
  };
  call.receive(
    (bytes) => void send(Number(StreamsService.read.requestDeserialize(bytes).getOptions()?.getCount())),
    () => undefined,
  );
};

const methods: Handler = (call) => {
  const answer = new features.SupportedMethods().setEventStoreServerVersion('24.10.0');
  for (const { path } of [StreamsService.batchAppend, StreamsService.append, StreamsService.read]) {
    const [service = '', method = ''] = path.slice(1).toLowerCase().split('/');
    answer.addMethods(new features.SupportedMethod().setServiceName(service).setMethodName(method));
  }
  call.receive(
    () => undefined,
    () => {
      void call.send(Buffer.from(answer.serializeBinary()));
      call.end();
    },
  );
};

const server = createGrpcServer({
  handlers: new Map([
    [StreamsService.batchAppend.path, batchAppend],
    [StreamsService.read.path, read],
    [ServerFeaturesService.getSupportedMethods.path, methods],
  ]),
  maxMessageBytes: 32 * 1024 * 1024,
  keepAlive: { everyMs: 30_000, timeoutMs: 10_000 },
});
const port = await server.listen('127.0.0.1', 0);
process.stdout.write(`${JSON.stringify({ msg: 'ready', url: `esdb://127.0.0.1:${port}?tls=false` })}\n`);
process.once('SIGTERM', () => process.exit(0));

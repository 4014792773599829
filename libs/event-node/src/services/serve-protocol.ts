import type { Server, ServiceDefinition } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { appendCall } from './append.js';
import { type Authenticate, guarded } from './authenticate.js';
import { batchAppendCall } from './batch-append.js';
import { deleteCall } from './delete-stream.js';
import { gossipCall, supportedMethodsCall } from './describe-node.js';
import type { NodeParts } from './node-parts.js';
import { readCall } from './read.js';
import { refuseMissing } from './refuse-missing.js';

const asIs = (bytes: Buffer): Buffer => bytes;

/** The client package's own definitions; our hot paths take and give bytes (HAZARDS E4). */
const streamsDefinition: ServiceDefinition = {
  read: { ...StreamsService.read, responseSerialize: asIs },
  append: { ...StreamsService.append, requestDeserialize: asIs, responseSerialize: asIs },
  batchAppend: { ...StreamsService.batchAppend, requestDeserialize: asIs, responseSerialize: asIs },
  delete: { ...StreamsService.delete, responseSerialize: asIs },
  tombstone: { ...StreamsService.tombstone, responseSerialize: asIs },
};

/** Adds every service; finding the node and asking what it can do need no credentials, as on a real server. */
export function serveProtocol(server: Server, parts: NodeParts, authenticate: Authenticate): void {
  const streams = {
    read: readCall(parts),
    append: appendCall(parts),
    batchAppend: batchAppendCall(parts),
    delete: deleteCall(parts, 'delete'),
    tombstone: deleteCall(parts, 'tombstone'),
  };
  server.addService(streamsDefinition, guarded(authenticate, streamsDefinition, streams));
  server.addService(ServerFeaturesService, { getSupportedMethods: supportedMethodsCall });
  server.addService(GossipService, { read: gossipCall(() => parts.now()) });
  refuseMissing(server);
}

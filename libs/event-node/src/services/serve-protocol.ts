import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Handlers } from '../grpc/grpc-server.js';
import { appendCall } from './append.js';
import { type Authenticate, guarded } from './authenticate.js';
import { batchAppendCall } from './batch-append.js';
import { deleteCall } from './delete-stream.js';
import { gossipCall, supportedMethodsCall } from './describe-node.js';
import type { NodeParts } from './node-parts.js';
import { readCall } from './read.js';
import { missingMethods } from './refuse-missing.js';

/** Every method, by its path; finding the node and asking what it can do need no credentials, as on a real server. */
export function protocolHandlers(parts: NodeParts, authenticate: Authenticate): Handlers {
  const { read, append, batchAppend, tombstone, delete: deletion } = StreamsService;
  const streams = [
    [read.path, readCall(parts)],
    [append.path, appendCall(parts)],
    [batchAppend.path, batchAppendCall(parts)],
    [deletion.path, deleteCall(parts, deletion, 'delete')],
    [tombstone.path, deleteCall(parts, tombstone, 'tombstone')],
  ] as const;
  return new Map([
    ...missingMethods(),
    ...streams.map(([path, handler]) => [path, guarded(authenticate, handler)] as const),
    [ServerFeaturesService.getSupportedMethods.path, supportedMethodsCall],
    [GossipService.read.path, gossipCall(() => parts.now())],
  ]);
}

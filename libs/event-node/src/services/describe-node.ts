import { randomUUID } from 'node:crypto';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Handler } from '../grpc/grpc-server.js';
import { unary } from '../grpc/unary.js';

/** The server version whose protocol this node speaks. */
const PROTOCOL_VERSION = '24.10.0';

const SUPPORTED = [
  ...Object.values(StreamsService),
  ...Object.values(ServerFeaturesService),
  ...Object.values(GossipService),
].map(({ path }: { path: string }) => path);

/** ServerFeatures.GetSupportedMethods: the client chooses batch append by it (HAZARDS E8). */
export const supportedMethodsCall: Handler = unary(ServerFeaturesService.getSupportedMethods, () => {
  const answer = new features.SupportedMethods().setEventStoreServerVersion(PROTOCOL_VERSION);
  for (const path of SUPPORTED) {
    const [service = '', method = ''] = path.slice(1).toLowerCase().split('/');
    answer.addMethods(new features.SupportedMethod().setServiceName(service).setMethodName(method));
  }
  return Buffer.from(answer.serializeBinary());
});

/** Gossip.Read: one node, the leader, at the address where it was asked (`esdb+discover://`). */
export function gossipCall(now: () => number): Handler {
  const id = new shared.UUID().setString(randomUUID());
  return unary(GossipService.read, (_request, { headers }) => {
    const { address, port } = splitAuthority(String(headers[':authority']));
    const member = new gossip.MemberInfo();
    member.setInstanceId(id);
    member.setTimeStamp(String(now() * 10_000));
    member.setState(gossip.MemberInfo.VNodeState.LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(new gossip.EndPoint().setAddress(address).setPort(port));
    const cluster = new gossip.ClusterInfo();
    cluster.addMembers(member);
    return Buffer.from(cluster.serializeBinary());
  });
}

function splitAuthority(authority: string): { address: string; port: number } {
  const at = authority.lastIndexOf(':');
  return { address: authority.slice(0, at), port: Number(authority.slice(at + 1)) };
}

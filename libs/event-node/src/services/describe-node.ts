import { randomUUID } from 'node:crypto';
import type { handleUnaryCall } from '@grpc/grpc-js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared, { type Empty } from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';

/** The server version whose protocol this node speaks. */
const PROTOCOL_VERSION = '24.10.0';

const SUPPORTED = [
  ...Object.values(StreamsService),
  ...Object.values(ServerFeaturesService),
  ...Object.values(GossipService),
].map(({ path }: { path: string }) => path);

/** ServerFeatures.GetSupportedMethods: the client chooses batch append by it (HAZARDS E8). */
export const supportedMethodsCall: handleUnaryCall<Empty, features.SupportedMethods> = (_call, callback) => {
  const answer = new features.SupportedMethods().setEventStoreServerVersion(PROTOCOL_VERSION);
  for (const path of SUPPORTED) {
    const [service = '', method = ''] = path.slice(1).toLowerCase().split('/');
    answer.addMethods(new features.SupportedMethod().setServiceName(service).setMethodName(method));
  }
  callback(null, answer);
};

/** Gossip.Read: one node, the leader, at the address where it was asked (`esdb+discover://`). */
export function gossipCall(now: () => number): handleUnaryCall<Empty, gossip.ClusterInfo> {
  const id = new shared.UUID().setString(randomUUID());
  return (call, callback) => {
    const { address, port } = splitAuthority(call.getHost());
    const member = new gossip.MemberInfo();
    member.setInstanceId(id);
    member.setTimeStamp(String(now() * 10_000));
    member.setState(gossip.MemberInfo.VNodeState.LEADER);
    member.setIsAlive(true);
    member.setHttpEndPoint(new gossip.EndPoint().setAddress(address).setPort(port));
    const cluster = new gossip.ClusterInfo();
    cluster.addMembers(member);
    callback(null, cluster);
  };
}

function splitAuthority(authority: string): { address: string; port: number } {
  const at = authority.lastIndexOf(':');
  return { address: authority.slice(0, at), port: Number(authority.slice(at + 1)) };
}

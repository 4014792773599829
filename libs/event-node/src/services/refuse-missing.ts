import { type ServiceDefinition, status } from '@grpc/grpc-js';
import { OperationsService } from '@eventstore/db-client/generated/operations_grpc_pb.js';
import { PersistentSubscriptionsService } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import { ProjectionsService } from '@eventstore/db-client/generated/projections_grpc_pb.js';
import { UsersService } from '@eventstore/db-client/generated/users_grpc_pb.js';
import { MonitoringService } from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
import type { Handler } from '../grpc/grpc-server.js';
import { grpcError } from '../wire/grpc-errors.js';

/** What a real server has and this node has not, with what to do instead. */
const MISSING: readonly (readonly [ServiceDefinition, string])[] = [
  [
    PersistentSubscriptionsService,
    'persistent subscriptions; use a catch-up subscription and keep your position',
  ],
  [ProjectionsService, 'server-side projections; fold events in the application'],
  [UsersService, 'user management; users come from the configuration of the node'],
  [
    OperationsService,
    'operations such as scavenge; deleted events are erased at once, and stopping is by signal',
  ],
  [MonitoringService, 'statistics over gRPC; the admin port has metrics'],
];

/** Answers UNIMPLEMENTED in words, instead of leaving the client with a bare method path. */
export const missingMethods = (): readonly (readonly [string, Handler])[] =>
  MISSING.flatMap(([definition, what]) => {
    const error = grpcError(status.UNIMPLEMENTED, `The embedded event node has no ${what}.`);
    return Object.values(definition).map(({ path }) => [path, (call) => call.fail(error)] as const);
  });

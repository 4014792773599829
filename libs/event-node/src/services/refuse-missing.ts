import {
  status,
  type Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { OperationsService } from '@eventstore/db-client/generated/operations_grpc_pb.js';
import { PersistentSubscriptionsService } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import { ProjectionsService } from '@eventstore/db-client/generated/projections_grpc_pb.js';
import { UsersService } from '@eventstore/db-client/generated/users_grpc_pb.js';
import { MonitoringService } from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
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
export function refuseMissing(server: Server): void {
  for (const [definition, what] of MISSING) server.addService(definition, refusals(definition, what));
}

function refusals(definition: ServiceDefinition, what: string): UntypedServiceImplementation {
  const error = grpcError(status.UNIMPLEMENTED, `The embedded event node has no ${what}.`);
  const unary = (_call: unknown, callback: (answer: typeof error) => void): void => callback(error);
  const streaming = (call: { emit: (event: 'error', answer: typeof error) => void }): void =>
    call.emit('error', error);
  return Object.fromEntries(
    Object.entries(definition).map(([name, { responseStream }]) => [
      name,
      responseStream ? streaming : unary,
    ]),
  );
}

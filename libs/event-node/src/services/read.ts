import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Handler } from '../grpc/grpc-server.js';
import type { CallSink } from '../grpc/server-call.js';
import { onRequest } from '../grpc/unary.js';
import { errorOf } from '../wire/grpc-errors.js';
import { readPlan } from '../wire/read-plan.js';
import type { NodeParts } from './node-parts.js';
import { readEvents } from './read-events.js';
import { subscribe } from './subscribe.js';

/** Streams.Read: reads and subscriptions of streams and `$all`. */
export const readCall =
  (parts: NodeParts): Handler =>
  (call) => {
    parts.calls.add(call);
    onRequest(call, StreamsService.read, (request) => {
      serve(parts, request, call).catch((error: unknown) => call.fail(errorOf(error)));
    });
  };

async function serve(parts: NodeParts, request: ReadReq, sink: CallSink): Promise<void> {
  const plan = readPlan(request);
  await (plan.subscription ? subscribe(parts, plan, sink) : readEvents(parts, plan, sink));
}

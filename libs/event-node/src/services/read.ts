import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { errorOf } from '../wire/grpc-errors.js';
import { readPlan } from '../wire/read-plan.js';
import { callSink, type CallSink } from './call-sink.js';
import type { NodeParts } from './node-parts.js';
import { readEvents } from './read-events.js';
import { subscribe } from './subscribe.js';

/** Streams.Read: reads and subscriptions of streams and `$all`. */
export const readCall =
  (parts: NodeParts): handleServerStreamingCall<ReadReq, Buffer> =>
  (call) => {
    const sink = callSink(call);
    parts.calls.add(sink);
    serve(parts, call.request, sink).catch((error: unknown) => sink.fail(errorOf(error)));
  };

async function serve(parts: NodeParts, request: ReadReq, sink: CallSink): Promise<void> {
  const plan = readPlan(request);
  await (plan.subscription ? subscribe(parts, plan, sink) : readEvents(parts, plan, sink));
}

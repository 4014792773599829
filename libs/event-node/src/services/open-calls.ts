import type { GrpcError } from '../wire/grpc-errors.js';
import type { CallSink } from '../grpc/server-call.js';

/** Calls that stay open for long, so that a stopping node can end them (HAZARDS E11). */
export interface OpenCalls {
  readonly add: (sink: CallSink) => void;
  readonly failAll: (error: GrpcError) => void;
  readonly count: () => number;
}

export function createOpenCalls(): OpenCalls {
  const sinks = new Set<CallSink>();
  return {
    add(sink) {
      sinks.add(sink);
      sink.onClose(() => sinks.delete(sink));
    },
    failAll: (error) => [...sinks].forEach((sink) => sink.fail(error)),
    count: () => sinks.size,
  };
}

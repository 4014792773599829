import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { EventNode, EventNodeOptions, NodeLog } from './node-options.js';
import { serveProtocol } from './services/serve-protocol.js';
import { createOpenCalls, type OpenCalls } from './services/open-calls.js';
import { type EventLog, openEventLog } from './store/open-store.js';
import { grpcError } from './wire/grpc-errors.js';

const MIB = 1024 * 1024;
const SHUTDOWN_MS = 2_000;

const SILENT: NodeLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts a single EventStoreDB-compatible node on a directory.
 * Rejects with DirectoryInUseError, DamagedLogError or the system's error when the address is taken.
 */
export async function startEventNode(options: EventNodeOptions): Promise<EventNode> {
  const {
    dir,
    host = '127.0.0.1',
    port = 0,
    log = SILENT,
    maxAppendBytes = MIB,
    segmentBytes = 64 * MIB,
  } = options;
  const now = options.now ?? (() => Date.now());
  const onWarning = (message: string, error?: unknown): void =>
    log.warn(error instanceof Error ? { error: error.message } : {}, message);
  const events = await openEventLog({ dir, maxAppendBytes, segmentBytes, now, onWarning });
  const calls = createOpenCalls();
  const server = new Server({
    'grpc.max_receive_message_length': 32 * MIB,
    'grpc.max_send_message_length': -1,
  });
  serveProtocol(server, { log: events, calls, maxAppendBytes, now });
  try {
    const bound = await bind(server, `${host}:${port}`);
    return { url: `esdb://${host}:${bound}?tls=false`, port: bound, stop: stopOnce(server, events, calls) };
  } catch (error) {
    await events.close();
    throw error;
  }
}

const bind = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });

function stopOnce(server: Server, events: EventLog, calls: OpenCalls): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= stop(server, events, calls));
}

async function stop(server: Server, events: EventLog, calls: OpenCalls): Promise<void> {
  await events.finishWrites();
  // The answers to the last commits are on their way first.
  await new Promise(setImmediate);
  calls.failAll(grpcError(status.CANCELLED, 'The event node is stopping.'));
  await shutDown(server);
  await events.close();
}

const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, SHUTDOWN_MS);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });

import { status } from '@grpc/grpc-js';
import { createNodeMetrics, type NodeMetrics } from './admin/node-metrics.js';
import { announceAdmin } from './admin/admin-address.js';
import { type AdminPort, serveAdmin } from './admin/serve-admin.js';
import { createGrpcServer, type GrpcServer } from './grpc/grpc-server.js';
import type { EventNode, EventNodeOptions, NodeLog } from './node-options.js';
import { createAuthenticate } from './services/authenticate.js';
import type { NodeParts } from './services/node-parts.js';
import { createOpenCalls } from './services/open-calls.js';
import { protocolHandlers } from './services/serve-protocol.js';
import { createSubscribers } from './services/subscribers.js';
import { openEventLog } from './store/open-store.js';
import { grpcError } from './wire/grpc-errors.js';

const MIB = 1024 * 1024;
const SHUTDOWN_MS = 2_000;
/** Connections whose other end has vanished are found by pings. */
const KEEP_ALIVE = { everyMs: 30_000, timeoutMs: 10_000 };
const MAX_MESSAGE_BYTES = 32 * MIB;

const SILENT: NodeLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Starts a single EventStoreDB-compatible node on a directory.
 * Rejects with DirectoryInUseError, DamagedLogError or the system's error when the address is taken.
 */
export async function startEventNode(options: EventNodeOptions): Promise<EventNode> {
  const { host = '127.0.0.1', port = 0, tls, users } = options;
  if (users !== undefined && tls === undefined) {
    throw new Error(
      'Users need TLS: the client sends credentials over TLS only. Give the node a key and a certificate.',
    );
  }
  const metrics = createNodeMetrics();
  const parts = await openParts(options, metrics);
  const server = createGrpcServer({
    handlers: protocolHandlers(parts, createAuthenticate(users)),
    maxMessageBytes: MAX_MESSAGE_BYTES,
    keepAlive: KEEP_ALIVE,
    tls,
  });
  try {
    const bound = await bind(server, host, port);
    const admin = await startAdmin(parts, metrics, options);
    const stop = once(() => stopNode(server, parts, admin));
    return {
      url: `esdb://${host}:${bound}?tls=${tls !== undefined}`,
      port: bound,
      adminPort: admin?.port,
      stop,
    };
  } catch (error) {
    await server.stop(0);
    await parts.log.close();
    throw error;
  }
}

async function openParts(options: EventNodeOptions, metrics: NodeMetrics): Promise<NodeParts> {
  const { dir, log = SILENT, maxAppendBytes = MIB, segmentBytes = 64 * MIB } = options;
  const now = options.now ?? (() => Date.now());
  const onDurable = metrics.committed;
  const onWarning = (message: string, error?: unknown): void =>
    log.warn(error instanceof Error ? { error: error.message } : {}, message);
  const eventLog = await openEventLog({ dir, maxAppendBytes, segmentBytes, now, onDurable, onWarning });
  return { log: eventLog, calls: createOpenCalls(), subscribers: createSubscribers(), maxAppendBytes, now };
}

async function bind(server: GrpcServer, host: string, port: number): Promise<number> {
  try {
    return await server.listen(host, port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The event node cannot listen on ${host}:${port}: ${reason}. Name a free port, or 0.`, {
      cause: error,
    });
  }
}

async function startAdmin(
  { log, calls, subscribers }: NodeParts,
  metrics: NodeMetrics,
  options: EventNodeOptions,
): Promise<AdminPort | undefined> {
  if (options.adminPort === undefined) return undefined;
  const gauges = () => ({
    logBytes: log.sizeOnDisk(),
    endPosition: log.reader.end(),
    openCalls: calls.count(),
    subscribers: subscribers.count(),
    subscriberLagBytes: subscribers.worstLag(),
  });
  const parts = { metrics: () => metrics.text(gauges()), problem: () => log.problem(), backup: log.backup };
  const admin = await serveAdmin(parts, '127.0.0.1', options.adminPort);
  return announceAdmin(options.dir, admin);
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  return () => (stopped ??= stop());
}

async function stopNode(
  server: GrpcServer,
  { log, calls }: NodeParts,
  admin: AdminPort | undefined,
): Promise<void> {
  await log.finishWrites();
  // The answers to the last commits go out first.
  await new Promise(setImmediate);
  calls.failAll(grpcError(status.CANCELLED, 'The event node is stopping.'));
  await Promise.all([server.stop(SHUTDOWN_MS), admin?.stop()]);
  await log.close();
}

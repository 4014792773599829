import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { createNodeMetrics, type NodeMetrics } from './admin/node-metrics.js';
import { announceAdmin } from './admin/admin-address.js';
import { type AdminPort, serveAdmin } from './admin/serve-admin.js';
import type { EventNode, EventNodeOptions, NodeLog } from './node-options.js';
import { createAuthenticate } from './services/authenticate.js';
import type { NodeParts } from './services/node-parts.js';
import { createOpenCalls } from './services/open-calls.js';
import { serveProtocol } from './services/serve-protocol.js';
import { createSubscribers } from './services/subscribers.js';
import { openEventLog } from './store/open-store.js';
import { grpcError } from './wire/grpc-errors.js';

const MIB = 1024 * 1024;
const SHUTDOWN_MS = 2_000;
/** Connections whose other end has vanished are found by pings. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 10_000 };
const MESSAGES = { 'grpc.max_receive_message_length': 32 * MIB, 'grpc.max_send_message_length': -1 };

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
  const server = new Server({ ...MESSAGES, ...KEEPALIVE });
  serveProtocol(server, parts, createAuthenticate(users));
  try {
    const bound = await bind(server, `${host}:${port}`, credentialsOf(options));
    const admin = await startAdmin(parts, metrics, options);
    const stop = once(() => stopNode(server, parts, admin));
    return {
      url: `esdb://${host}:${bound}?tls=${tls !== undefined}`,
      port: bound,
      adminPort: admin?.port,
      stop,
    };
  } catch (error) {
    server.forceShutdown();
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

function credentialsOf({ tls }: EventNodeOptions): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [
    { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) },
  ]);
}

const bind = (server: Server, address: string, credentials: ServerCredentials): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new Error(`The event node cannot listen on ${address}: ${error.message}. Name a free port, or 0.`),
        );
    });
  });

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
  server: Server,
  { log, calls }: NodeParts,
  admin: AdminPort | undefined,
): Promise<void> {
  await log.finishWrites();
  // The answers to the last commits go out first.
  await new Promise(setImmediate);
  calls.failAll(grpcError(status.CANCELLED, 'The event node is stopping.'));
  await Promise.all([shutDown(server), admin?.stop()]);
  await log.close();
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

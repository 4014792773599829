import type { Config } from '@stemma/config';
import { checkDatabase, checkEventStore } from './servers/check-given.js';
import { choosePort } from './servers/choose-port.js';
import { findDockerHost, prepareDocker } from './servers/docker.js';
import { prepareEventNode } from './servers/event-node.js';
import { expectHealthy, prepareNodeProcess } from './servers/node-process.js';
import { preparePostgres } from './servers/postgres.js';
import { prepareRedis } from './servers/redis.js';
import type { Server } from './servers/program.js';

/** Where things are; a server of ours when there is no given one. */
export interface Storage {
  readonly eventstoreUrl: string;
  readonly databaseUrl: string;
  readonly servers: readonly Server[];
  /** What is worth knowing about how they run. */
  readonly notes: readonly string[];
}

type Path = (...parts: readonly string[]) => string;

interface Part {
  readonly url: string;
  readonly server?: Server;
  readonly note?: string;
}

async function eventStore(config: Config, path: Path): Promise<Part> {
  const given = config.eventstoreUrl;
  if (given !== undefined) return checkEventStore(given).then(() => ({ url: given }));
  const port = await choosePort(config.eventNodePort);
  const adminPort = await choosePort(config.eventNodeAdminPort, '127.0.0.1', new Set([port]));
  const server = prepareEventNode({ dir: path('eventstore'), port, adminPort });
  return { url: server.url, server };
}

async function database(config: Config, path: Path): Promise<Part> {
  const given = config.databaseUrl;
  if (given !== undefined) return checkDatabase(given).then(() => ({ url: given }));
  const server = await preparePostgres({
    dir: path('postgres'),
    port: await choosePort(config.postgresPort),
  });
  if (server.account !== 'capability') return { url: server.url, server };
  const note =
    'Postgres runs as the user nobody: it refuses root, and this machine allows no user namespaces.';
  return { url: server.url, server, note };
}

/**
 * The event store and the database: those that the settings name, else embedded ones with their data under `path`.
 *
 * @throws Error naming the remedy when a given one does not answer, or this machine cannot run one
 */
export async function prepareStorage(config: Config, path: Path): Promise<Storage> {
  const [log, rows] = await Promise.all([eventStore(config, path), database(config, path)]);
  return {
    eventstoreUrl: log.url,
    databaseUrl: rows.url,
    servers: [log.server, rows.server].filter((server) => server !== undefined),
    notes: [log.note, rows.note].filter((note) => note !== undefined),
  };
}

/** What runs need; without it scripts are versioned as ever and runs wait. */
export interface Transport {
  readonly name: 'redis' | 'docker';
  /** A given one has no server. */
  readonly url?: string;
  readonly server?: Server;
  /** Why there is none, and what to do. */
  readonly missing?: string;
}

async function offer(name: Transport['name'], prepare: () => Promise<Server>): Promise<Transport> {
  try {
    const server = await prepare();
    return { name, url: server.url, server };
  } catch (error) {
    return { name, missing: error instanceof Error ? error.message : String(error) };
  }
}

/** Redis and the container engine: those that the settings name or the machine runs, else ones of our own. */
export async function prepareTransports(config: Config, path: Path): Promise<readonly Transport[]> {
  const dockerHost = await findDockerHost();
  return Promise.all([
    config.redisUrl === undefined
      ? offer('redis', async () =>
          prepareRedis({ dir: path('redis'), port: await choosePort(config.redisPort) }),
        )
      : { name: 'redis', url: config.redisUrl },
    dockerHost === undefined
      ? offer('docker', () => Promise.resolve().then(() => prepareDocker(path('docker'))))
      : { name: 'docker', url: dockerHost },
  ]);
}

export interface Processes {
  readonly apiUrl: string;
  readonly projectorUrl: string;
  readonly servers: readonly Server[];
}

/** Our processes over that storage, on the preferred ports or on free ones; the worker only where there is Redis. */
export async function prepareProcesses(
  config: Config,
  storage: Storage,
  transports: NodeJS.ProcessEnv,
): Promise<Processes> {
  const apiPort = await choosePort(config.port, config.host);
  const projectorPort = await choosePort(config.projectorPort, config.host, new Set([apiPort]));
  const workerPort = await choosePort(config.workerPort, config.host, new Set([apiPort, projectorPort]));
  const env = {
    EVENTSTORE_URL: storage.eventstoreUrl,
    DATABASE_URL: storage.databaseUrl,
    STEMMA_HOST: config.host,
    STEMMA_PORT: String(apiPort),
    STEMMA_PROJECTOR_PORT: String(projectorPort),
    STEMMA_WORKER_PORT: String(workerPort),
    STEMMA_STATE_DIR: config.stateDir,
    STEMMA_LOG_LEVEL: config.logLevel,
    ...transports,
  };
  const processAt = (name: string, port: number): Server => {
    const url = `http://${config.host}:${port}`;
    const answers = () => expectHealthy(`${url}/health/ready`);
    return prepareNodeProcess({ name, entry: `apps/${name}/dist/main.js`, env, url, answers });
  };
  const projector = processAt('projector', projectorPort);
  const api = processAt('api', apiPort);
  const worker = prepareNodeProcess({
    name: 'worker',
    entry: 'apps/worker/dist/main.js',
    env,
    url: `http://${config.host}:${workerPort}`,
  });
  const workers = transports['REDIS_URL'] === undefined ? [] : [worker];
  return { apiUrl: api.url, projectorUrl: projector.url, servers: [projector, api, ...workers] };
}

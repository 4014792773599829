import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDocker } from './docker.js';
import { startLog, type TestLog } from './log.js';
import type { OwnServer } from './own-server.js';
import { startPostgres } from './postgres.js';
import { type OwnProcess, startProcess } from './process.js';
import { startRedis } from './redis.js';

/** The composed system as it is deployed: a process each for API, projector and worker, on servers of its own. */
export interface System {
  readonly apiUrl: string;
  readonly stateDir: string;
  readonly log: TestLog;
  readonly databaseUrl: string;
  /** Of the one whom no policy binds. */
  readonly databaseSuperuserUrl: string;
  /** Absent without runs. */
  readonly redis: OwnServer | undefined;
  readonly processes: { readonly api: OwnProcess; readonly projector: OwnProcess };
  /** Starts one more projector. */
  readonly startProjector: () => Promise<OwnProcess>;
  /** Starts one more worker. */
  readonly startWorker: (env?: NodeJS.ProcessEnv) => Promise<OwnProcess>;
  readonly keyOf: (principal: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface SystemOptions {
  /** With Redis and a container engine (that of `env`, where it names one), so that workers can be started. */
  readonly runs?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export async function startSystem({ runs = false, env: more = {} }: SystemOptions = {}): Promise<System> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'stemma-system-'));
  const [log, database, redis, docker] = await Promise.all([
    startLog(),
    startPostgres(),
    runs ? startRedis() : undefined,
    runs && more['DOCKER_HOST'] === undefined ? startDocker() : undefined,
  ]);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    EVENTSTORE_URL: log.url,
    DATABASE_URL: database.url,
    ...(redis && { REDIS_URL: redis.url }),
    ...(docker && { DOCKER_HOST: docker.host }),
    STEMMA_STATE_DIR: stateDir,
    STEMMA_PORT: '0',
    STEMMA_PROJECTOR_PORT: '0',
    STEMMA_WORKER_PORT: '0',
    STEMMA_LOG_LEVEL: 'warn',
    ...more,
  };
  const started: OwnProcess[] = [];
  const start = async (name: string, own: NodeJS.ProcessEnv = {}): Promise<OwnProcess> => {
    const child = await startProcess(name, { ...env, ...own });
    started.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((child) => child.end()));
    await Promise.all([log.remove(), database.stop(), redis?.stop()]);
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    const [api, projector] = await Promise.all([start('api'), start('projector')]);
    return {
      apiUrl: String(api.told['url']),
      stateDir,
      log,
      databaseUrl: database.url,
      databaseSuperuserUrl: database.superuserUrl,
      redis,
      processes: { api, projector },
      startProjector: () => start('projector'),
      startWorker: (own) => start('worker', own),
      keyOf: async (principal) =>
        (await readFile(path.join(stateDir, 'credentials', principal), 'utf8')).trim(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

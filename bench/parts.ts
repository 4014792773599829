import {
  choosePort,
  findDockerHost,
  prepareDocker,
  preparePostgres,
  prepareRedis,
} from '@stemma/local/servers';
import type { Program } from '@stemma/local/servers';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { atTheEnd, makeTemporary } from './at-the-end.js';
import type { Processes } from './cores.js';
import { type Controls, controlling } from './parts/control-parts.js';
import { nodeProgram } from './parts/node-program.js';
import { answers, opens, ready, start, type Started } from './parts/start-part.js';

export type { PartName } from './parts/control-parts.js';

/** The real parts, as `npm start` runs them: one process each, on a state of their own. */
export interface Parts extends Controls {
  readonly apiUrl: string;
  readonly eventstoreUrl: string;
  readonly databaseUrl: string;
  readonly projectorUrl: string;
  /** The container engine; empty without runs. */
  readonly dockerHost: string;
  /** The API key of the principal `author`; empty without an api. */
  readonly authorKey: string;
  readonly processes: Processes;
  /** Where the state of the parts is: the log in `log/`. */
  readonly stateDir: string;
  /** Ends the parts; rejects when one of them had ended before, for then the figures are of something else. */
  readonly stop: () => Promise<void>;
}

/** Which of the processes are wanted besides event node, Postgres and projector. */
export interface Wanted {
  readonly api?: boolean;
  readonly runs?: boolean;
  /** A container engine of our own, which may be killed, where we may start one. */
  readonly ownEngine?: boolean;
  /** Settings of the worker, other than by default. */
  readonly worker?: Readonly<Record<string, string>>;
}

/** Event node, Postgres, projector and api in a new temporary directory, ready for commands; `stop` removes it. */
export async function startParts(profileTo: string | undefined, wanted: Wanted = {}): Promise<Parts> {
  const { dir: stateDir, remove } = await makeTemporary('stemma-bench-');
  const started: Started[] = [];
  const leaves: string[] = [];
  const fallen: Started[] = [];
  const stop = atTheEnd(async (): Promise<void> => {
    const gone = [...fallen, ...started.filter((part) => part.ended())];
    for (const { guarded } of started.reverse()) await guarded.stop();
    for (const left of leaves) await rm(left, { recursive: true, force: true });
    await remove();
    if (gone.length > 0)
      throw new Error(gone.map(({ name, said }) => `${name} ended by itself:\n${said()}`).join('\n'));
  });
  try {
    const urls = await startAll({ stateDir, profileTo, started, leaves }, wanted);
    const credentials = path.join(stateDir, 'credentials', 'author');
    const key = wanted.api === false ? '' : await readFile(credentials, 'utf8');
    const processes = Object.fromEntries(started.map(({ name, guarded }) => [name, guarded.pid]));
    const controls = controlling(started, fallen);
    const ours = { bench: process.pid, ...processes };
    return { ...urls, ...controls, stateDir, authorKey: key.trim(), processes: ours, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Place {
  readonly stateDir: string;
  readonly profileTo: string | undefined;
  readonly started: Started[];
  /** What the parts make elsewhere. */
  readonly leaves: string[];
}

async function startAll(
  { stateDir, profileTo, started, leaves }: Place,
  { api: withApi = true, runs = false, ownEngine = false, worker = {} }: Wanted,
) {
  const launch = async (program: Program, isReady: () => Promise<void>): Promise<void> => {
    const part = await start(program, isReady);
    started.push(part);
    await ready(part);
  };
  const [nodePort, postgresPort, apiPort, projectorPort] = await freePorts();
  const postgres = await preparePostgres({ dir: path.join(stateDir, 'postgres'), port: postgresPort });
  await launch(postgres.program, () => postgres.ready());
  const node = {
    name: 'event-node',
    script: 'libs/event-node/dist/main.js',
    args: ['--dir', path.join(stateDir, 'log'), '--port', String(nodePort)],
  };
  await launch(nodeProgram(node, profileTo), () => opens(nodePort));
  const eventstoreUrl = `esdb://127.0.0.1:${nodePort}?tls=false`;
  const transport = runs ? await startTransport({ stateDir, leaves }, launch, ownEngine) : {};
  const shared = {
    EVENTSTORE_URL: eventstoreUrl,
    DATABASE_URL: postgres.url,
    STEMMA_STATE_DIR: stateDir,
    STEMMA_WORKER_PORT: '0',
    ...transport,
  };
  const projector = { ...shared, STEMMA_PROJECTOR_PORT: String(projectorPort) };
  const api = { ...shared, STEMMA_PORT: String(apiPort) };
  const projectorUrl = `http://127.0.0.1:${projectorPort}`;
  await launch(
    nodeProgram({ name: 'projector', script: 'apps/projector/dist/main.js', env: projector }, profileTo),
    answers(`${projectorUrl}/health/ready`),
  );
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  if (withApi)
    await launch(
      nodeProgram({ name: 'api', script: 'apps/api/dist/main.js', env: api }, profileTo),
      answers(`${apiUrl}/health/ready`),
    );
  const dockerHost = transport.DOCKER_HOST ?? '';
  if (runs)
    await startWorker(
      nodeProgram(
        { name: 'worker', script: 'apps/worker/dist/main.js', env: { ...shared, ...worker } },
        profileTo,
      ),
      launch,
    );
  return { apiUrl, projectorUrl, eventstoreUrl, databaseUrl: postgres.url, dockerHost };
}

type Launching = (program: Program, isReady: () => Promise<void>) => Promise<void>;

/** What runs need besides: a Redis of our own, and the machine's container engine or one of our own. */
async function startTransport(
  { stateDir, leaves }: Pick<Place, 'stateDir' | 'leaves'>,
  launch: Launching,
  ownEngine: boolean,
): Promise<{ REDIS_URL?: string; DOCKER_HOST?: string }> {
  const redis = prepareRedis({
    dir: path.join(stateDir, 'redis'),
    port: await choosePort(0),
    durable: false,
  });
  await launch(redis.program, () => redis.ready());
  const found = ownEngine && process.getuid?.() === 0 ? undefined : await findDockerHost();
  if (found !== undefined) return { REDIS_URL: redis.url, DOCKER_HOST: found };
  const docker = prepareDocker(path.join(stateDir, 'docker'));
  leaves.push(path.dirname(docker.url.replace('unix://', '')));
  await launch(docker.program, () => docker.ready());
  return { REDIS_URL: redis.url, DOCKER_HOST: docker.url };
}

/** The worker takes runs at once; their first one waits for the images. */
const startWorker = (program: Program, launch: Launching): Promise<void> =>
  launch(program, () => Promise.resolve());

async function freePorts(): Promise<readonly [number, number, number, number]> {
  const taken = new Set<number>();
  const next = async (): Promise<number> => {
    const port = await choosePort(0, '127.0.0.1', taken);
    taken.add(port);
    return port;
  };
  return [await next(), await next(), await next(), await next()];
}

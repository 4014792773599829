import {
  choosePort,
  findDockerHost,
  prepareDocker,
  preparePostgres,
  prepareRedis,
  startGuarded,
  waitUntil,
} from '@stemma/local/servers';
import type { Guarded, Program } from '@stemma/local/servers';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { atTheEnd, makeTemporary } from './at-the-end.js';
import type { Processes } from './cores.js';

/** This file is run built, and as it is by specs. */
const root = path.resolve(import.meta.dirname, import.meta.dirname.endsWith('dist') ? '../..' : '..');

/** The real parts, as `npm start` runs them: one process each, on a state of their own. */
export interface Parts {
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
  /** kill -9, and the same program again; ready when it answers. */
  readonly crash: (name: PartName) => Promise<void>;
  /** kill -9, or another signal that ends it; resolves when it is gone. */
  readonly halt: (name: PartName, signal?: NodeJS.Signals) => Promise<void>;
  /** Starts again what was halted; ready when it answers. */
  readonly revive: (name: PartName) => Promise<void>;
  /** SIGSTOP, SIGCONT. */
  readonly signal: (name: PartName, signal: NodeJS.Signals) => void;
  /** One more projector, on a port of its own: it answers, and waits for what the first one holds. */
  readonly startSecondProjector: () => Promise<void>;
  /** Ends the parts; rejects when one of them had ended before, for then the figures are of something else. */
  readonly stop: () => Promise<void>;
}

export type PartName =
  'worker' | 'redis' | 'docker' | 'projector' | 'second-projector' | 'api' | 'postgres' | 'event-node';

interface Started {
  readonly name: string;
  readonly program: Program;
  readonly isReady: () => Promise<void>;
  readonly guarded: Guarded;
  readonly said: () => string;
  readonly ended: () => boolean;
}

/** Starts `program` and keeps the end of what it says, for the case that it fails. */
async function start(program: Program, isReady: () => Promise<void>): Promise<Started> {
  const guarded = await startGuarded(program);
  let said = '';
  const keep = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  guarded.stdout.on('data', keep);
  guarded.stderr.on('data', keep);
  let ended = false;
  void guarded.exited.then(() => (ended = true));
  return { name: program.name, program, isReady, guarded, said: () => said, ended: () => ended };
}

/** Waits for `attempt`; when the program ends first, rejects with what it said. */
async function ready({ name, guarded, said, isReady }: Started): Promise<void> {
  const giveUp = new AbortController();
  const ended = guarded.exited.then(({ code }) => {
    giveUp.abort();
    throw new Error(`${name} ended with ${code}:\n${said()}`);
  });
  await Promise.race([
    ended,
    waitUntil(`${name} ready`, isReady, { withinMs: 60_000, signal: giveUp.signal }),
  ]);
}

const answers = (url: string) => async (): Promise<void> => {
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url} answers ${status}`);
};

interface Launch {
  readonly name: string;
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process of ours, of the build in `dist/`. */
function nodeProgram({ name, script, args = [], env = {} }: Launch, profileTo: string | undefined): Program {
  const profile =
    profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileTo, name)}`];
  return {
    name,
    file: process.execPath,
    args: [...profile, path.join(root, script), ...args],
    env: { ...process.env, ...env, STEMMA_LOG_LEVEL: 'warn' },
    cwd: root,
    stopSignal: 'TERM',
    stopWithinSeconds: 10,
  };
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

/** Ends and starts parts. One that is to be ended and had ended by itself goes to `fallen`: `stop` tells of it. */
function controlling(
  started: Started[],
  fallen: Started[],
): Pick<Parts, 'crash' | 'halt' | 'revive' | 'signal' | 'startSecondProjector'> {
  const find = (name: string): Started => {
    const part = started.findLast((one) => one.name === name);
    if (part) return part;
    throw new Error(`There is no ${name} among the parts.`);
  };
  const signal = (name: string, what: NodeJS.Signals): void =>
    void process.kill(find(name).guarded.pid, what);
  const halted = new Map<string, Started>();
  const halt = async (name: string, what: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const part = find(name);
    started.splice(started.indexOf(part), 1);
    halted.set(name, part);
    if (part.ended()) return void fallen.push(part);
    process.kill(part.guarded.pid, what);
    await part.guarded.exited;
  };
  const revive = async (name: string): Promise<void> => {
    const part = halted.get(name);
    if (part) started.push(await startedAgain(part.program, part.isReady));
  };
  return {
    signal,
    halt,
    revive,
    crash: async (name) => {
      await halt(name);
      await revive(name);
    },
    startSecondProjector: async () => {
      const port = await choosePort(0);
      const { program } = find('projector');
      const env = { ...program.env, STEMMA_PROJECTOR_PORT: String(port) };
      const isReady = answers(`http://127.0.0.1:${port}/health/live`);
      const second = await start({ ...program, name: 'second-projector', env }, isReady);
      started.push(second);
      await ready(second);
    },
  };
}

/** A killed server may leave something behind that goes away in a moment: it is tried again. */
async function startedAgain(program: Program, isReady: () => Promise<void>): Promise<Started> {
  for (let attempt = 1; ; attempt += 1) {
    const again = await start(program, isReady);
    try {
      await ready(again);
      return again;
    } catch (error) {
      if (attempt === 10) throw error;
      await again.guarded.stop();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
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

const opens = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });

async function freePorts(): Promise<readonly [number, number, number, number]> {
  const taken = new Set<number>();
  const next = async (): Promise<number> => {
    const port = await choosePort(0, '127.0.0.1', taken);
    taken.add(port);
    return port;
  };
  return [await next(), await next(), await next(), await next()];
}

import type { Config } from '@stemma/config';
import { withoutCredentials } from '@stemma/config';
import { prepareProcesses, prepareStorage, prepareTransports } from './fleet.js';
import type { Transport } from './fleet.js';
import type { Server } from './servers/program.js';
import type { Screen } from './screen.js';
import { openStateDir } from './state-dir.js';
import type { StateDir } from './state-dir.js';
import { openLogFile } from './supervision/log-file.js';
import { supervise } from './supervision/supervise.js';
import type { Crash, Supervised, Watch } from './supervision/supervise.js';
import { notSaidLately, worthShowing } from './supervision/worth-showing.js';

/** Stemma running on this machine. */
export interface Local {
  readonly apiUrl: string;
  readonly projectorUrl: string;
  readonly credentialsDir: string;
  readonly logsDir: string;
  /** Whether scripts run here: without Redis or a container engine what is asked for waits. */
  readonly runsScripts: boolean;
  /** Stops everything, in order: what serves people first, what holds data last. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

interface Crew {
  /** @throws Error when one of them does not start */
  readonly start: (servers: readonly Server[]) => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly pids: Readonly<Record<string, number>>;
}

function tellCrash(screen: Screen, crash: Crash, logFile: string): void {
  const { name, code, crashes, delayMs, keepsCrashing, lastWords } = crash;
  const again = `it is started again in ${delayMs / 1000} s`;
  if (!keepsCrashing) return screen.warn(`${name} ended unasked (exit code ${code}); ${again}`);
  screen.error(`${name} KEEPS CRASHING: ${crashes} times within a minute, exit code ${code}; ${again}`);
  for (const line of lastWords.slice(-5)) screen.say(`      ${line}`);
  screen.say(`      More in ${logFile}`);
}

function watchOver(server: Server, screen: Screen, state: StateDir, onPid: (pid: number) => void): Watch {
  const { name } = server.program;
  const logFile = state.path('logs', `${name}.log`);
  const write = openLogFile(logFile);
  const isNews = notSaidLately(60_000);
  return {
    onLine: (line) => {
      write(line);
      const notice = worthShowing(name, line);
      if (notice !== undefined && isNews(notice.text)) screen[notice.level](`${name}: ${notice.text}`);
    },
    onStart: onPid,
    onCrash: (crash) => tellCrash(screen, crash, logFile),
    onReturn: () => screen.done(name, 'is back'),
  };
}

function assemble(screen: Screen, state: StateDir, onPid: () => void): Crew {
  const waves: Supervised[][] = [];
  const pids: Record<string, number> = {};
  const launch = (server: Server, since: number) => {
    const { name } = server.program;
    const keep = (pid: number): void => {
      pids[name] = pid;
      onPid();
    };
    const one = supervise(server, watchOver(server, screen, state, keep));
    const where = server.url === '' ? '' : withoutCredentials(server.url);
    return { one, told: one.ready.then(() => screen.done(name, where, performance.now() - since)) };
  };
  return {
    pids,
    start: async (servers) => {
      const since = performance.now();
      const wave = servers.map((server) => launch(server, since));
      const ones = wave.map(({ one }) => one);
      waves.push(ones);
      try {
        await Promise.all(wave.map(({ told }) => told));
      } catch (error) {
        waves.splice(waves.indexOf(ones), 1);
        await Promise.all(ones.map((one) => one.stop()));
        throw error;
      }
    },
    stop: async () => {
      for (const wave of waves.splice(0).reverse()) await Promise.all(wave.map((one) => one.stop()));
    },
  };
}

const variables = { redis: 'REDIS_URL', docker: 'DOCKER_HOST' } as const;

/** Starts what runs need, and says what is missing: that stops nobody. Resolves to the settings of what there is. */
async function startTransports(
  transports: readonly Transport[],
  crew: Crew,
  screen: Screen,
): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {};
  const startOne = async ({ name, url, server, missing }: Transport): Promise<void> => {
    const failure =
      server === undefined
        ? missing
        : await crew.start([server]).then(
            () => undefined,
            (error: Error) => error.message,
          );
    if (failure === undefined) env[variables[name]] = url;
    else screen.warn(`${failure} Scripts are versioned as ever; runs wait.`);
  };
  await Promise.all(transports.map(startOne));
  return env;
}

/**
 * Starts everything on this machine, supervised, and resolves when it serves. `signal` gives up the start.
 *
 * @throws Error naming what did not start; everything is stopped then
 */
export async function startLocal(config: Config, screen: Screen, signal: AbortSignal): Promise<Local> {
  const state = openStateDir(config);
  let publish = (): void => undefined;
  const crew = assemble(screen, state, () => publish());
  const stop = async (): Promise<void> => {
    await crew.stop();
    state.release();
  };
  try {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped while starting')), { once: true });
    });
    aborted.catch(() => undefined);
    const [storage, transports] = await Promise.all([
      prepareStorage(config, state.path),
      prepareTransports(config, state.path),
    ]);
    for (const note of storage.notes) screen.warn(note);
    const servers = Promise.all([crew.start(storage.servers), startTransports(transports, crew, screen)]);
    const [, env] = await Promise.race([servers, aborted]);
    const { apiUrl, projectorUrl, servers: processes } = await prepareProcesses(config, storage, env);
    await Promise.race([crew.start(processes), aborted]);
    const { eventstoreUrl, databaseUrl } = storage;
    const startedAt = new Date().toISOString();
    publish = () =>
      state.publish({
        pid: process.pid,
        startedAt,
        apiUrl,
        projectorUrl,
        eventstoreUrl,
        databaseUrl,
        pids: crew.pids,
      });
    publish();
    return {
      apiUrl,
      projectorUrl,
      credentialsDir: state.path('credentials'),
      logsDir: state.path('logs'),
      runsScripts: Object.values(variables).every((variable) => env[variable] !== undefined),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

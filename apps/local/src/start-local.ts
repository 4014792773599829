import type { Config } from '@stemma/config';
import { withoutCredentials } from '@stemma/config';
import { prepareProcesses, prepareStorage } from './fleet.js';
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
  /** Stops everything, in order: what serves people first, what holds data last. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

interface Crew {
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
  return {
    pids,
    start: async (servers) => {
      const since = performance.now();
      const wave = servers.map((server) => {
        const keep = (pid: number): void => {
          pids[server.program.name] = pid;
          onPid();
        };
        const one = supervise(server, watchOver(server, screen, state, keep));
        const told = one.ready.then(() =>
          screen.done(server.program.name, withoutCredentials(server.url), performance.now() - since),
        );
        return { one, told };
      });
      waves.push(wave.map(({ one }) => one));
      await Promise.all(wave.map(({ told }) => told));
    },
    stop: async () => {
      for (const wave of waves.splice(0).reverse()) await Promise.all(wave.map((one) => one.stop()));
    },
  };
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
    const storage = await prepareStorage(config, state.path);
    for (const note of storage.notes) screen.warn(note);
    await Promise.race([crew.start(storage.servers), aborted]);
    const { apiUrl, projectorUrl, servers } = await prepareProcesses(config, storage, config.stateDir);
    await Promise.race([crew.start(servers), aborted]);
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
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

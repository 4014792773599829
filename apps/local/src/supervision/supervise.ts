import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Guarded } from '../servers/guard.js';
import { startGuarded } from '../servers/guard.js';
import type { Server } from '../servers/program.js';
import { whenAborted } from '../stop-signals.js';
import { restartAfter } from './restart-policy.js';
import type { Restart } from './restart-policy.js';

export interface Crash extends Restart {
  readonly name: string;
  /** Exit code; 128 + n when signal n ended it. */
  readonly code: number;
  /** The last lines that it said. */
  readonly lastWords: readonly string[];
}

/** Who is told what happens to a process. */
export interface Watch {
  readonly onLine: (line: string) => void;
  readonly onStart: (pid: number) => void;
  readonly onCrash: (crash: Crash) => void;
  /** It answers again after a crash. */
  readonly onReturn: () => void;
}

export interface Supervised {
  /** Resolves when it answers for the first time; rejects when it keeps crashing before it ever did. */
  readonly ready: Promise<void>;
  /** Asks it to stop and waits until it is gone. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

const keptWords = 20;

/** Resolves with the last lines, once there can be no more of them. */
async function collectLines(running: Guarded, onLine: (line: string) => void): Promise<string[]> {
  const last: string[] = [];
  const readings = [running.stdout, running.stderr].map((input) =>
    createInterface({ input }).on('line', (line) => {
      last.push(line);
      if (last.length > keptWords) last.shift();
      onLine(line);
    }),
  );
  const silent = Promise.all(readings.map((reading) => once(reading, 'close')));
  await running.exited;
  // A process that fled its group may hold the pipes open: it cannot hold this back.
  await Promise.race([silent, pause(1_000, undefined, { ref: false })]);
  return last;
}

function crashMessage({ name, code, crashes, lastWords }: Crash): string {
  return [`${name} keeps crashing (${crashes} times, exit code ${code}). It said last:`, ...lastWords].join(
    '\n  ',
  );
}

/**
 * Keeps `server` running: one that ends without being asked to is started again, sooner the first time than the fifth,
 * and one that keeps crashing is said loudly, but still started again.
 */
export function supervise(server: Server, watch: Watch): Supervised {
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  first.promise.catch(() => undefined);
  const crashes: number[] = [];
  let running: Guarded | undefined;

  const awaitAnswer = async (ended: AbortSignal, heard: Promise<void>): Promise<void> => {
    try {
      await server.ready(AbortSignal.any([stopping.signal, ended]));
      await Promise.race([heard, whenAborted(ended).then(() => ended.throwIfAborted())]);
      first.resolve();
      if (crashes.length > 0) watch.onReturn();
    } catch (error) {
      if (!ended.aborted) first.reject(error);
    }
  };

  const runOnce = async (): Promise<{ code: number; lastWords: string[] }> => {
    const ended = new AbortController();
    running = await startGuarded(server.program);
    watch.onStart(running.pid);
    const heard = Promise.withResolvers<void>();
    if (server.saysReady === undefined) heard.resolve();
    const said = collectLines(running, (line) => {
      watch.onLine(line);
      if (server.saysReady?.(line) === true) heard.resolve();
    });
    if (stopping.signal.aborted) void running.stop();
    const answered = awaitAnswer(ended.signal, heard.promise);
    const { code } = await running.exited;
    ended.abort();
    await answered;
    return { code, lastWords: await said };
  };

  const keepRunning = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const exit = await runOnce();
      if (stopping.signal.aborted) return;
      crashes.push(performance.now());
      const crash = { name: server.program.name, ...exit, ...restartAfter(crashes, performance.now()) };
      watch.onCrash(crash);
      if (crash.keepsCrashing) first.reject(new Error(crashMessage(crash)));
      await pause(crash.delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const over = keepRunning().catch((error: unknown) => first.reject(error));
  return {
    ready: first.promise,
    stop: async () => {
      stopping.abort(new Error(`${server.program.name} is being stopped`));
      await running?.stop();
      await over;
    },
  };
}

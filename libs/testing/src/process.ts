import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../../..');

/** One of our processes, as it is deployed. */
export interface OwnProcess {
  readonly pid: number;
  /** What it said on its first line, once it serves. */
  readonly told: Readonly<Record<string, unknown>>;
  /** Everything it logged. */
  readonly logged: () => string;
  /** Sends the signal; does not wait. */
  readonly send: (signal: NodeJS.Signals) => void;
  /** Sends the signal and waits until it is gone. */
  readonly end: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts the built `apps/<name>` and waits until it says that it serves. Throws its last words when it ends instead. */
export async function startProcess(name: string, env: NodeJS.ProcessEnv): Promise<OwnProcess> {
  const entry = path.join(root, 'apps', name, 'dist', 'main.js');
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  const keep = (chunk: Buffer): void => void (words = (words + String(chunk)).slice(-2_000_000));
  child.stderr.on('data', keep);
  const told = await firstWords(child, () => words);
  child.stdout.on('data', keep).resume();
  return {
    pid: child.pid ?? 0,
    told,
    logged: () => words,
    send: (signal) => void child.kill(signal),
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
  };
}

async function firstWords(
  child: ChildProcess,
  words: () => string,
): Promise<Readonly<Record<string, unknown>>> {
  if (child.stdout === null) throw new Error('it has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const told = parse(line);
    if (told && 'ready' in told) {
      lines.removeAllListeners();
      return told;
    }
  }
  throw new Error(`it ended before it served: ${words().slice(-2_000)}`);
}

function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}

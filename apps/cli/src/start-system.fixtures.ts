import { startLog, startPostgres } from '@stemma/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../../..');

/** The composed system as it is deployed: processes of its own for the API and the projector. */
export interface System {
  readonly apiUrl: string;
  readonly stateDir: string;
  readonly stop: () => Promise<void>;
}

function start(name: string, env: NodeJS.ProcessEnv): ChildProcess {
  const entry = path.join(root, 'apps', name, 'dist', 'main.js');
  return spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The address that the API tells when it serves; its last words when it ends instead. */
async function addressOf(child: ChildProcess): Promise<string> {
  const words: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => words.push(String(chunk)));
  if (child.stdout === null) throw new Error('The API has no output.');
  for await (const line of createInterface(child.stdout)) {
    const told = JSON.parse(line) as { readonly url?: string };
    if (told.url !== undefined) return told.url;
  }
  throw new Error(`The API ended before it served: ${words.join('').slice(-2_000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

export async function startSystem(): Promise<System> {
  const [log, database] = await Promise.all([startLog(), startPostgres()]);
  const stateDir = await mkdtemp(path.join(tmpdir(), 'stemma-cli-e2e-'));
  const env = {
    PATH: process.env['PATH'],
    EVENTSTORE_URL: log.url,
    DATABASE_URL: database.url,
    STEMMA_STATE_DIR: stateDir,
    STEMMA_PORT: '0',
    STEMMA_PROJECTOR_PORT: '0',
    STEMMA_LOG_LEVEL: 'warn',
  };
  const projector = start('projector', env);
  projector.stdout?.resume();
  projector.stderr?.resume();
  const api = start('api', env);
  const stop = async (): Promise<void> => {
    await Promise.all([end(api), end(projector)]);
    await Promise.all([log.remove(), database.stop(), rm(stateDir, { recursive: true, force: true })]);
  };
  try {
    return { apiUrl: await addressOf(api), stateDir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

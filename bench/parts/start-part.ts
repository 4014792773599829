import { startGuarded, waitUntil } from '@stemma/local/servers';
import type { Guarded, Program } from '@stemma/local/servers';
import { connect } from 'node:net';

/** One process of the system under load. */
export interface Started {
  readonly name: string;
  readonly program: Program;
  readonly isReady: () => Promise<void>;
  readonly guarded: Guarded;
  readonly said: () => string;
  readonly ended: () => boolean;
}

/** Starts `program` and keeps the end of what it says, for the case that it fails. */
export async function start(program: Program, isReady: () => Promise<void>): Promise<Started> {
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
export async function ready({ name, guarded, said, isReady }: Started): Promise<void> {
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

/** A killed server may leave something behind that goes away in a moment: it is tried again. */
export async function startedAgain(program: Program, isReady: () => Promise<void>): Promise<Started> {
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

/** Whether `url` says 200. */
export const answers = (url: string) => async (): Promise<void> => {
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url} answers ${status}`);
};

/** Whether somebody listens there, on loopback. */
export const opens = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });

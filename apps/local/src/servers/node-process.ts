import { fileURLToPath } from 'node:url';
import { waitUntil } from './wait-until.js';
import type { Server } from './program.js';

/** The root of the checkout, as seen from src/servers and from dist/servers alike. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface NodeProcess {
  readonly name: string;
  /** The built entry, from the root of the checkout. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly url: string;
  /** Throws until the process answers; absent for one that listens to nobody and says when it is ready. */
  readonly answers?: () => Promise<void>;
}

/** The line of a process that says `{"ready":"<name>", …}`. */
const readyLine = (name: string) => (line: string) => line.startsWith(`{"ready":"${name}"`);

/** A process of ours: ready to be started. */
export function prepareNodeProcess({ name, entry, args = [], env, url, answers }: NodeProcess): Server {
  return {
    program: {
      name,
      file: process.execPath,
      args: ['--enable-source-maps', `${root}${entry}`, ...args],
      env: { ...process.env, ...env },
      cwd: root,
      stopSignal: 'TERM',
      stopWithinSeconds: 15,
    },
    url,
    ...(answers === undefined
      ? { ready: () => Promise.resolve(), saysReady: readyLine(name) }
      : {
          ready: (signal) =>
            waitUntil(`${name} answering`, answers, { withinMs: 60_000, whileItMoves: true, signal }),
        }),
  };
}

/** Throws unless `url` answers 200; the reason is in the words of the answer, all of them: they say how far it is. */
export async function expectHealthy(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (answer.ok) return void (await answer.body?.cancel());
  throw new Error(`${answer.status} ${await answer.text()}`);
}

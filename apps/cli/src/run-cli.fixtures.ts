import { afterAll } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { runCli } from './run-cli.js';
import type { World } from './world.js';

export interface Outcome {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The moment at which every command of a spec is given. */
export const noon = new Date('2026-11-21T12:00:00.000Z');

const furnished: string[] = [];
afterAll(() => {
  for (const directory of furnished.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory for the command line to stand in, with credentials in its state directory; gone when the spec has ended. */
export function furnishDirectory(names: readonly string[] = ['author', 'reviewer']): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'stemma-cli-'));
  furnished.push(directory);
  const credentials = path.join(directory, '.stemma', 'credentials');
  mkdirSync(credentials, { recursive: true });
  for (const name of names) writeFileSync(path.join(credentials, name), `stm_${name}_secret\n`);
  return directory;
}

function collector(isTTY = false): { readonly stream: World['stdout']; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), text: () => Buffer.concat(chunks).toString('utf8') };
}

interface Circumstances {
  readonly directory: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs one command line in `directory` and answers with all that it said. */
export async function runIn(
  { directory, env = {}, stdin = '', terminal = false, signal }: Circumstances,
  ...argv: readonly string[]
): Promise<Outcome> {
  const out = collector(terminal);
  const err = collector(terminal);
  const exitCode = await runCli(argv, {
    env: { STEMMA_STATE_DIR: path.join(directory, '.stemma'), ...env },
    cwd: directory,
    stdin: Object.assign(Readable.from([Buffer.from(stdin)]), { isTTY: terminal }),
    stdout: out.stream,
    stderr: err.stream,
    now: () => noon,
    signal: signal ?? new AbortController().signal,
  });
  return { exitCode, out: out.text(), err: err.text() };
}
